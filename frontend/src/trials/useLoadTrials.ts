import { useEffect, useRef } from 'react'
import { TaskTrialsDocument, type TaskTrialsQuery } from '../gql/graphql'
import { RequestFailure } from '../graphql/errors'
import { request } from '../graphql/request'
import type { FeedState } from '../live/useEventFeed'
import { toastFailure } from '../ui/toast'
import type { TrialStore } from './trialStore'

const pageSize = 500
const firstPageSize = 100
const retryMs = 2_000

/**
 * Reads all trials of a task, newest first, so that what happens now is shown before what happened long ago; and again
 * with each of the `spaceChanges` that were seen, since any trial may lie outside of another space.
 */
export function useLoadTrials(
  store: TrialStore,
  taskId: string,
  feed: FeedState,
  spaceChanges: number,
): void {
  const { generation, pageSizeLimit } = feed
  const cleared = useRef(1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with another space all is read again
  useEffect(() => {
    if (generation === 0) return
    const abort = new AbortController()
    if (generation > cleared.current) store.clear()
    cleared.current = Math.max(1, generation)
    void load(store, taskId, Math.min(pageSize, pageSizeLimit), abort.signal)
    return () => abort.abort()
  }, [store, taskId, generation, pageSizeLimit, spaceChanges])
}

async function load(store: TrialStore, id: string, size: number, signal: AbortSignal): Promise<void> {
  let before: string | null = null
  for (let last = Math.min(firstPageSize, size); !signal.aborted; last = size) {
    try {
      const { task }: TaskTrialsQuery = await request(TaskTrialsDocument, { id, last, before }, signal)
      if (!task) return
      store.addRows(task.trials.nodes, task.sequence)
      if (!task.trials.pageInfo.hasPreviousPage) break
      before = task.trials.pageInfo.startCursor
    } catch (thrown) {
      if (signal.aborted) return
      if (thrown instanceof RequestFailure && thrown.errors.length > 0) {
        toastFailure(thrown)
        return
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
  if (!signal.aborted) store.markComplete()
}
