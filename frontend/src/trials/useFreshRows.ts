import { useEffect, useRef } from 'react'
import { TrialRowsDocument } from '../gql/graphql'
import { request } from '../graphql/request'
import { useNow } from '../ui/useNow'
import type { Trial } from './trial'
import type { TrialStore } from './trialStore'

const mostPerRequest = 100
const soonestAgainMs = 2_000
/** A busy task has new rows with each event: what comes into view meanwhile goes into one request. */
const betweenRequestsMs = 500
/** Of the time that a lease still has. */
const waitedPart = 0.1

/**
 * Reads trials again that are in view and not fully known: those of which events told a part only, and those whose
 * lease seems to end, since heartbeats renew leases without an event. One request at a time, and at most two a second.
 */
export function useFreshRows(store: TrialStore, taskId: string, numbers: readonly number[]): void {
  const now = useNow()
  const askedAt = useRef(new Map<number, number>())
  const busy = useRef(false)
  const lastRequest = useRef(Number.NEGATIVE_INFINITY)

  useEffect(() => {
    // Too soon is no harm: this runs again with the next event, or with the clock's next second.
    if (busy.current || performance.now() - lastRequest.current < betweenRequestsMs) return
    const wanted = numbers.filter((number) => isDue(store.find(number), now, askedAt.current.get(number)))
    if (wanted.length === 0) return
    const asked = wanted.slice(0, mostPerRequest)
    for (const number of asked) askedAt.current.set(number, now)
    busy.current = true
    lastRequest.current = performance.now()
    // What is read is at least as new as what is known now.
    const { sequence } = store
    request(TrialRowsDocument, { ids: asked.map((number) => `${taskId}:${number}`) })
      .then(({ nodes }) => {
        const rows = nodes.flatMap((node) => (node?.__typename === 'Trial' ? [node] : []))
        store.addRows(rows, sequence)
      })
      // The feed's state in the header tells that the server is away; the next round asks again.
      .catch(() => {})
      .finally(() => {
        busy.current = false
      })
  }, [store, taskId, numbers, now])
}

export function isDue(trial: Trial | undefined, now: number, askedAt: number | undefined): boolean {
  if (!trial) return false
  const { lease } = trial
  const ending = lease !== undefined && now >= lease.warnAt
  if (!ending && !trial.partial) return false
  const wait = ending ? Math.max(soonestAgainMs, waitedPart * (lease.expiresAt - now)) : soonestAgainMs
  return askedAt === undefined || now - askedAt >= wait
}
