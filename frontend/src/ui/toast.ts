import { useSyncExternalStore } from 'react'
import { explain } from '../graphql/errors'

export type ToastTone = 'good' | 'bad'

export interface Toast {
  readonly id: number
  readonly tone: ToastTone
  readonly text: string
}

const shownMs: Readonly<Record<ToastTone, number>> = { good: 4_000, bad: 9_000 }
const shownAtOnce = 4

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export function toast(tone: ToastTone, text: string): void {
  lastId += 1
  const id = lastId
  set([...toasts, { id, tone, text }].slice(-shownAtOnce))
  setTimeout(() => dismissToast(id), shownMs[tone])
}

export function toastFailure(thrown: unknown): void {
  toast('bad', explain(thrown))
}

export function dismissToast(id: number): void {
  set(toasts.filter((one) => one.id !== id))
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
}
