import type { Direction } from '../../gql/graphql'
import type { Trial } from '../../trials/trial'

export function targetReached(best: number | null, target: number, direction: Direction): boolean {
  if (best === null) return false
  return direction === 'MINIMIZE' ? best <= target : best >= target
}

/** When the last improvement came: the best trial, or with several objectives the last that is on the front. */
export function improvedAt(
  trials: readonly Trial[],
  best: number | undefined,
  front: ReadonlySet<number>,
): number | undefined {
  let last: number | undefined
  for (const { number, finishedAt } of trials) {
    if (finishedAt === undefined || (number !== best && !front.has(number))) continue
    last = Math.max(last ?? Number.NEGATIVE_INFINITY, Date.parse(finishedAt))
  }
  return last
}

/** How many results have come since then; all, while there was no improvement. */
export function resultsSince(trials: readonly Trial[], moment: number = Number.NEGATIVE_INFINITY): number {
  return trials.filter(
    ({ state, excluded, finishedAt }) =>
      state === 'COMPLETED' && !excluded && finishedAt !== undefined && Date.parse(finishedAt) > moment,
  ).length
}
