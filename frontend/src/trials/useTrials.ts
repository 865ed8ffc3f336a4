import { useCallback, useSyncExternalStore } from 'react'
import type { TrialStore, TrialsSnapshot } from './trialStore'

/** The trials as they change; with `intervalMs`, told at most that often. */
export function useTrials(store: TrialStore, intervalMs = 0): TrialsSnapshot {
  const subscribe = useCallback(
    (listener: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const later = () => {
        timer ??= setTimeout(() => {
          timer = undefined
          listener()
        }, intervalMs)
      }
      const unsubscribe = store.subscribe(intervalMs === 0 ? listener : later)
      return () => {
        unsubscribe()
        clearTimeout(timer)
      }
    },
    [store, intervalMs],
  )
  return useSyncExternalStore(subscribe, store.getSnapshot)
}

/** Drawing many dots takes its time: then new ones are shown less often. */
export function drawingInterval(trials: number): number {
  if (trials > 30_000) return 2_000
  return trials > 3_000 ? 600 : 100
}
