import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type TaskEventKind, TaskQueueDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useGathered } from '../../live/useGathered'

const gatherMs = 1_000
/** Other tasks move it in the queue, and time alone does: no event of this task tells of either. */
const pollMs = 5_000

/** Where the task stands in the queue, who has claimed it, and why it waits. */
export function useQueue(taskId: string, enabled: boolean) {
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: queueKey(taskId),
    queryFn: async ({ signal }) => (await request(TaskQueueDocument, { id: taskId }, signal)).task,
    enabled,
    refetchInterval: pollMs,
  })
  const refresh = useGathered<string>(gatherMs, async () => {
    await client.invalidateQueries({ queryKey: queueKey(taskId) }, { throwOnError: true })
  })
  const onEvents = useCallback(
    (events: readonly { kind: TaskEventKind }[]) => {
      if (events.some(({ kind }) => movesQueue[kind])) refresh([taskId])
    },
    [refresh, taskId],
  )
  return { queue: data ?? undefined, onEvents }
}

const movesQueue: Readonly<Record<TaskEventKind, boolean>> = {
  CREATED: true,
  UPDATED: true,
  STATUS_CHANGED: true,
  DELETED: true,
  RESTORED: true,
  IMPORTED: true,
  TRIAL_CREATED: true,
  TRIAL_STATE_CHANGED: true,
  TRIAL_REPORTED: false,
  RESULT_ATTACHED: false,
  TRIAL_EXCLUDED: false,
  TRIAL_INCLUDED: false,
  TRIAL_CORRECTED: false,
  CLAIMED: true,
  CLAIM_ENDED: true,
  STRATEGY_CLAIMED: true,
  STRATEGY_RELEASED: true,
  MODEL_STATE_SAVED: false,
}

function queueKey(taskId: string) {
  return ['queue', taskId] as const
}
