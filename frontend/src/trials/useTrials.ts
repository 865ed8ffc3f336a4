import { useSyncExternalStore } from 'react'
import type { TrialStore, TrialsSnapshot } from './trialStore'

export function useTrials(store: TrialStore): TrialsSnapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot)
}
