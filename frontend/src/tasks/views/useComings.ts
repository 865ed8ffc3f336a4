import { useEffect, useState } from 'react'
import { type TaskFilter, ViewChangedDocument, type ViewChangedSubscription } from '../../gql/graphql'
import { backoffMs } from '../../live/backoff'
import { socket } from '../../live/connection'
import { afterChange, type Comings, noComings } from './comings'

/** Watches what passes a filter; none for nothing. It begins anew with another one, or when it is asked to. */
export function useComings(filter: TaskFilter | undefined): { comings: Comings; restart: () => void } {
  const [comings, setComings] = useState(noComings)
  const subject = filter && JSON.stringify(filter)
  useEffect(() => {
    setComings(noComings)
    if (subject === undefined) return
    const variables = { filter: JSON.parse(subject) as TaskFilter }
    let unsubscribe = () => {}
    let timer: ReturnType<typeof setTimeout> | undefined
    let attempt = 0
    let stopped = false
    const watch = () => {
      // What happens while the connection is lost is not told here; the list itself misses nothing.
      const again = () => {
        if (stopped) return
        clearTimeout(timer)
        timer = setTimeout(watch, backoffMs(attempt))
        attempt += 1
      }
      unsubscribe = socket.subscribe<ViewChangedSubscription>(
        { query: ViewChangedDocument.toString(), variables },
        {
          next: ({ data, errors }) => {
            // What the server refuses (too many tasks, a filter that it does not know) it would refuse again.
            if (errors?.length) stopped = true
            if (!data || stopped) return
            attempt = 0
            setComings((now) => afterChange(now, data.viewChanged))
          },
          error: again,
          complete: again,
        },
      )
    }
    watch()
    return () => {
      stopped = true
      clearTimeout(timer)
      unsubscribe()
    }
  }, [subject])
  return { comings, restart: () => setComings(noComings) }
}
