import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark'

const storageKey = 'asktell.theme'
const systemDark = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function chosen(): Theme | undefined {
  const stored = localStorage.getItem(storageKey)
  return stored === 'light' || stored === 'dark' ? stored : undefined
}

function effective(): Theme {
  return chosen() ?? (systemDark.matches ? 'dark' : 'light')
}

function apply(): void {
  document.documentElement.dataset.theme = effective()
  for (const listener of listeners) listener()
}

systemDark.addEventListener('change', apply)
addEventListener('storage', apply)
apply()

export function toggleTheme(): void {
  const next: Theme = effective() === 'dark' ? 'light' : 'dark'
  // A choice equal to the system's is no choice: then the page follows the system again.
  if ((next === 'dark') === systemDark.matches) localStorage.removeItem(storageKey)
  else localStorage.setItem(storageKey, next)
  apply()
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, effective)
}
