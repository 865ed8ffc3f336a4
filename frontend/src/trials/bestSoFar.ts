import type { ConstraintPartsFragment, Direction } from '../gql/graphql'
import { type Standing, standing } from './feasible'
import type { Trial } from './trial'

export type ChartPoint = readonly [number: number, value: number]

const isBetter: Readonly<Record<Direction, (value: number, best: number) => boolean>> = {
  MINIMIZE: (value, best) => value < best,
  MAXIMIZE: (value, best) => value > best,
}

/** The completed trials' values of one objective, by trial number: of those that count, or of others. */
export function completedPoints(
  trials: readonly Trial[],
  objective: string,
  constraints: readonly ConstraintPartsFragment[],
  which: Standing = 'counting',
): ChartPoint[] {
  const points: ChartPoint[] = []
  for (const trial of trials) {
    if (trial.state !== 'COMPLETED') continue
    const value = trial.values.get(objective)
    if (value !== undefined && standing(trial, constraints) === which) {
      points.push([trial.number, value])
    }
  }
  return points
}

/**
 * The corners of the best-so-far step line: one point for each improvement and one at the last trial. A plot that
 * draws steps at the end of each segment needs no more, however many trials there are.
 */
export function bestSoFar(points: readonly ChartPoint[], direction: Direction): ChartPoint[] {
  const better = isBetter[direction]
  const corners: ChartPoint[] = []
  let best: number | undefined
  for (const [number, value] of points) {
    if (best === undefined || better(value, best)) {
      best = value
      corners.push([number, value])
    }
  }
  const last = points.at(-1)
  if (best !== undefined && last && corners.at(-1)?.[0] !== last[0]) corners.push([last[0], best])
  return corners
}
