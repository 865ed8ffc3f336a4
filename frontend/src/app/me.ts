import { useSyncExternalStore } from 'react'

const nameKey = 'asktell.name'
const longestName = 100
const listeners = new Set<() => void>()

function read(): string {
  return localStorage.getItem(nameKey) ?? ''
}

/** The name of this browser's user, as given with the first point that was taken; empty until then. */
export function useMyName(): string {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    addEventListener('storage', listener)
    return () => {
      listeners.delete(listener)
      removeEventListener('storage', listener)
    }
  }, read)
}

export function rememberMyName(name: string): void {
  localStorage.setItem(nameKey, name)
  for (const listener of listeners) listener()
}

/** Says with every request who the user is: the server keeps it with every change. */
export function actorHeader(name: string = read()): Record<string, string> {
  const plain = name.replace(/\p{C}/gu, ' ').trim()
  const short = [...plain].slice(0, longestName).join('').trim()
  if (short === '') return {}
  return { 'x-asktell-actor': encodeURIComponent(short) }
}
