import { useCallback, useEffect, useRef, useState } from 'react'
import { TaskEventPageDocument } from '../gql/graphql'
import { request } from '../graphql/request'
import type { EventParts } from '../trials/trial'
import { toastFailure } from '../ui/toast'
import { keptEvents, mergeEvents } from './eventLog'

const pageSize = 50

export interface TaskEventLog {
  /** Newest first. */
  readonly events: readonly EventParts[]
  /** Undefined where there is nothing older, or the page holds as much as it keeps. */
  readonly loadOlder: (() => Promise<void>) | undefined
  readonly add: (events: readonly EventParts[]) => void
}

/** The latest events of a task; `generation` as in `useEventFeed`. */
export function useTaskEventLog(taskId: string, generation: number): TaskEventLog {
  const [events, setEvents] = useState<readonly EventParts[]>([])
  const [before, setBefore] = useState<string | null>(null)
  const loading = useRef(false)

  const add = useCallback((more: readonly EventParts[]) => setEvents((known) => mergeEvents(known, more)), [])

  const load = useCallback(
    async (cursor: string | null, signal?: AbortSignal) => {
      if (loading.current && cursor !== null) return
      loading.current = true
      try {
        const { task } = await request(
          TaskEventPageDocument,
          { id: taskId, last: pageSize, before: cursor },
          signal,
        )
        if (!task) return
        add(task.events.nodes)
        setBefore(task.events.pageInfo.hasPreviousPage ? task.events.pageInfo.startCursor : null)
      } catch (thrown) {
        if (!signal?.aborted) toastFailure(thrown)
      } finally {
        loading.current = false
      }
    },
    [taskId, add],
  )

  useEffect(() => {
    if (generation === 0) return
    const abort = new AbortController()
    setEvents([])
    void load(null, abort.signal)
    return () => abort.abort()
  }, [generation, load])

  const more = before !== null && events.length < keptEvents
  return { events, add, loadOlder: more ? () => load(before) : undefined }
}
