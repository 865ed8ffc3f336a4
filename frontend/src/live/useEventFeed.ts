import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { LogEndDocument, type TaskEventFilter, type TypedDocumentString } from '../gql/graphql'
import { request } from '../graphql/request'
import { socket } from './connection'
import { EventFeed, emptyLog, type FeedEvent } from './feed'
import { setConnectionStatus } from './status'

export interface FeedState {
  /** 0 until a cursor is held, then 1; one more each time the log was cut and all must be read anew. */
  readonly generation: number
  readonly pageSizeLimit: number
}

interface UseEventFeed<Event extends FeedEvent> {
  readonly document: TypedDocumentString<{ taskEvents: Event }, { after?: string | null }>
  readonly taskId?: string
  readonly onEvents: (events: readonly Event[]) => void
}

/** Follows the event log while the component is mounted. Snapshots may be queried once `generation` is above 0. */
export function useEventFeed<Event extends FeedEvent>({
  document,
  taskId,
  onEvents,
}: UseEventFeed<Event>): FeedState {
  const [state, setState] = useState<FeedState>({ generation: 0, pageSizeLimit: 100 })
  const deliver = useEffectEvent(onEvents)
  const filter = useMemo<TaskEventFilter | null>(
    () => (taskId === undefined ? null : { taskIds: [taskId] }),
    [taskId],
  )

  useEffect(() => {
    let pageSizeLimit = 100
    let generation = 0
    const feed = new EventFeed<Event>(socket, {
      document,
      variables: filter ? { filter } : {},
      readCursor: async () => {
        const end = await request(LogEndDocument, { filter })
        pageSizeLimit = end.server.pageSizeLimit
        return end.taskEvents.pageInfo.endCursor ?? emptyLog
      },
      onStart: () => {
        generation += 1
        setState({ generation, pageSizeLimit })
      },
      onEvents: (events) => deliver(events),
      onStatus: setConnectionStatus,
    })
    feed.start()
    const retry = () => {
      if (globalThis.document.visibilityState === 'visible') feed.retryNow()
    }
    addEventListener('online', retry)
    addEventListener('visibilitychange', retry)
    return () => {
      removeEventListener('online', retry)
      removeEventListener('visibilitychange', retry)
      feed.stop()
      setConnectionStatus({ state: 'idle' })
      setState({ generation: 0, pageSizeLimit })
    }
  }, [document, filter])

  return state
}
