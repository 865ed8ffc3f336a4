import type { ConstraintPartsFragment, Direction } from '../../gql/graphql'
import { standing } from '../feasible'
import type { Trial } from '../trial'

/** The values of two objectives, and the number of the trial that has them. */
export type ParetoPoint = readonly [x: number, y: number, trial: number]

export interface ParetoPoints {
  readonly front: readonly ParetoPoint[]
  readonly others: readonly ParetoPoint[]
  /** Excluded, not feasible, or outside of the present space. */
  readonly leftOut: readonly ParetoPoint[]
}

/** All measured trials in the plane of two objectives. Which are on the front, the server has said. */
export function paretoPoints(
  trials: readonly Trial[],
  [x, y]: readonly [string, string],
  front: ReadonlySet<number>,
  constraints: readonly ConstraintPartsFragment[],
): ParetoPoints {
  const points = {
    front: [] as ParetoPoint[],
    others: [] as ParetoPoint[],
    leftOut: [] as ParetoPoint[],
  }
  for (const trial of trials) {
    const [across, up] = [trial.values.get(x), trial.values.get(y)]
    if (trial.state !== 'COMPLETED' || across === undefined || up === undefined) continue
    const counts = standing(trial, constraints) === 'counting'
    const kind = !counts ? 'leftOut' : front.has(trial.number) ? 'front' : 'others'
    points[kind].push([across, up, trial.number])
  }
  return points
}

/**
 * The stairs along the front of two objectives: from each point one goes on at its own level until the next is better
 * in the other objective. Only for tasks of two objectives; of more, the plane shows a shadow of the front.
 */
export function stairs(
  front: readonly ParetoPoint[],
  [across, up]: readonly [Direction, Direction],
): (readonly [number, number])[] {
  // Best in x first: from there on y gets better and x worse.
  const sign = across === 'MINIMIZE' ? 1 : -1
  const better = up === 'MINIMIZE' ? 1 : -1
  const sorted = [...front].sort((a, b) => sign * (a[0] - b[0]) || better * (a[1] - b[1]))
  const corners: (readonly [number, number])[] = []
  for (const [x, y] of sorted) {
    const last = corners.at(-1)
    if (last) corners.push([x, last[1]])
    corners.push([x, y])
  }
  return corners
}
