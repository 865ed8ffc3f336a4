import type { EventParts } from '../trials/trial'

/** How many events the page keeps; older ones can be loaded from the server. */
export const keptEvents = 400

/**
 * Newest first, each sequence once, at most `limit`. Both inputs may be in any order. Of the reports of a trial on its
 * way only the last is kept: there may be thousands.
 */
export function mergeEvents(
  known: readonly EventParts[],
  more: readonly EventParts[],
  limit: number = keptEvents,
): readonly EventParts[] {
  const bySequence = new Map<number, EventParts>()
  for (const event of known) bySequence.set(event.sequence, event)
  for (const event of more) bySequence.set(event.sequence, event)
  if (bySequence.size === known.length) return known
  const reported = new Set<number>()
  return [...bySequence.values()]
    .sort((a, b) => b.sequence - a.sequence)
    .filter((event) => {
      if (event.__typename !== 'TrialReported') return true
      const again = reported.has(event.trialNumber)
      reported.add(event.trialNumber)
      return !again
    })
    .slice(0, limit)
}
