import type { Trial } from '../../trials/trial'
import { type Axis, placeOf, shareOf } from './axis'
import type { Point } from './useModel'

/** How far a point may lie from the slice, as a share of each range, to count as on it. */
const nearShare = 0.12

/** Whether a trial lies close to the slice through a point: near it in all parameters that are not drawn. */
export function isNear(trial: Trial, at: Point, axes: readonly Axis[], drawn: readonly string[]): boolean {
  return axes
    .filter(({ name }) => !drawn.includes(name))
    .every((axis) => {
      const [place, base] = [placeOf(axis, trial.point?.[axis.name]), placeOf(axis, at[axis.name])]
      if (place === undefined || base === undefined) return place === base
      if (axis.choices) return place === base
      return Math.abs(shareOf(axis, place) - shareOf(axis, base)) <= nearShare
    })
}
