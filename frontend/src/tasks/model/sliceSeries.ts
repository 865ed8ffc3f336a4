import type { SlicePartsFragment } from '../../gql/graphql'
import type { Trial } from '../../trials/trial'
import { type Axis, placeOf } from './axis'
import { isNear } from './near'

/** `x`, mean, and how far two deviations reach. */
export type SlicePoint = readonly [x: number, mean: number, low: number, high: number]
export type MeasuredPoint = readonly [x: number, value: number, trial: number]

export interface SliceSeries {
  /** Unbroken parts: where the space has no point there is a gap. */
  readonly parts: readonly (readonly SlicePoint[])[]
  /** Results close to the slice, and those elsewhere in the space. */
  readonly near: readonly MeasuredPoint[]
  readonly far: readonly MeasuredPoint[]
}

/** What the model expects along a parameter: the mean, give or take two standard deviations. */
export function sliceParts(slice: SlicePartsFragment, objective: string, axis: Axis): SlicePoint[][] {
  const found = slice.objectives.find((one) => one.objective === objective)
  const parts: SlicePoint[][] = [[]]
  for (const [index, value] of slice.values.entries()) {
    const x = placeOf(axis, value)
    const [mean, deviation] = [found?.means[index], found?.deviations[index]]
    if (x === undefined || typeof mean !== 'number' || typeof deviation !== 'number') {
      if (parts.at(-1)?.length !== 0) parts.push([])
    } else {
      parts.at(-1)?.push([x, mean, mean - 2 * deviation, mean + 2 * deviation])
    }
  }
  return parts.filter((part) => part.length > 0)
}

export function sliceSeries(
  slice: SlicePartsFragment,
  objective: string,
  trials: readonly Trial[],
  axes: readonly Axis[],
): SliceSeries {
  const axis = axes.find(({ name }) => name === slice.parameter)
  if (!axis) return { parts: [], near: [], far: [] }
  const near: MeasuredPoint[] = []
  const far: MeasuredPoint[] = []
  for (const trial of trials) {
    const value = trial.state === 'COMPLETED' && !trial.excluded ? trial.values.get(objective) : undefined
    const x = placeOf(axis, trial.point?.[axis.name])
    if (value === undefined || x === undefined) continue
    const close = isNear(trial, slice.at, axes, [axis.name])
    ;(close ? near : far).push([x, value, trial.number])
  }
  return { parts: sliceParts(slice, objective, axis), near, far }
}
