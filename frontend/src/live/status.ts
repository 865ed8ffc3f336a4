import { useSyncExternalStore } from 'react'

export type ConnectionStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  | { readonly state: 'catching-up'; readonly events: number }
  | { readonly state: 'live'; readonly caughtUp: number }
  | { readonly state: 'reconnecting'; readonly attempt: number; readonly retryAt: number }

let current: ConnectionStatus = { state: 'idle' }
const listeners = new Set<() => void>()

export function setConnectionStatus(status: ConnectionStatus): void {
  current = status
  for (const listener of listeners) listener()
}

export function useConnectionStatus(): ConnectionStatus {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}
