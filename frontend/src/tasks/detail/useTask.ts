import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { useTaskEventLog } from '../../events/useTaskEventLog'
import { TaskDetailDocument, type TaskDetailFragment, TaskEventsDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useEventFeed } from '../../live/useEventFeed'
import { useGathered } from '../../live/useGathered'
import type { EventParts } from '../../trials/trial'
import { TrialStore } from '../../trials/trialStore'
import { useLoadTrials } from '../../trials/useLoadTrials'
import { historyKey } from '../history/useVersions'
import { useModelUpdates } from '../model/useModel'
import { useFront } from './useFront'
import { useQueue } from './useQueue'

const gatherMs = 400

/** One task with all that hangs on it, kept live. */
export function useTask(taskId: string) {
  const client = useQueryClient()
  const [trials] = useState(() => new TrialStore())
  const [spaceChanges, setSpaceChanges] = useState(0)
  const refresh = useGathered<string>(gatherMs, async () => {
    await client.invalidateQueries({ queryKey: taskKey(taskId) }, { throwOnError: true })
  })
  const feed = useEventFeed({
    document: TaskEventsDocument,
    taskId,
    onEvents: (events) => {
      trials.applyEvents(events)
      if (events.some(changesSpace)) setSpaceChanges((known) => known + 1)
      log.add(events)
      refresh([taskId])
      queue.onEvents(events)
      front.onEvents(events)
      onModelEvents(events)
    },
  })
  const log = useTaskEventLog(taskId, feed.generation)
  const query = useQuery({
    queryKey: taskKey(taskId),
    queryFn: async ({ signal }) => (await request(TaskDetailDocument, { id: taskId }, signal)).task,
    enabled: feed.generation > 0,
  })
  const onModelEvents = useModelUpdates(taskId)
  const queue = useQueue(taskId, feed.generation > 0)
  const front = useFront(taskId, (query.data?.objectives.length ?? 0) > 1, feed.pageSizeLimit)
  useEffect(() => {
    if (feed.generation <= 1) return
    refresh([taskId])
    void client.invalidateQueries({ queryKey: historyKey(taskId) })
  }, [client, feed.generation, refresh, taskId])
  useLoadTrials(trials, taskId, feed, spaceChanges)

  const refreshNow = useCallback(() => refresh([taskId]), [refresh, taskId])
  const show = useCallback(
    (task: TaskDetailFragment) => client.setQueryData(taskKey(taskId), task),
    [client, taskId],
  )
  return { query, trials, log, queue: queue.queue, front: front.front, refreshNow, show }
}

/** Whether trials may lie outside of the space that did not before, or no longer. */
function changesSpace(event: EventParts): boolean {
  return (
    event.__typename === 'TaskImported' ||
    (event.__typename === 'TaskUpdated' && event.changes.some(({ field }) => field === 'spaceVersion'))
  )
}

function taskKey(taskId: string) {
  return ['task', taskId] as const
}
