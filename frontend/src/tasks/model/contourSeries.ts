import type { ContourPartsFragment } from '../../gql/graphql'
import type { Trial } from '../../trials/trial'
import { type Axis, borders, placeOf } from './axis'
import { isNear } from './near'

export type Shown = 'means' | 'deviations'

/** The borders of a cell and what the model says there. */
export type Cell = readonly [
  left: number,
  right: number,
  bottom: number,
  top: number,
  mean: number,
  deviation: number,
]
export type Dot = readonly [x: number, y: number, trial: number]

export interface ContourSeries {
  readonly cells: readonly Cell[]
  /** The least and the greatest of what is shown. */
  readonly range: readonly [number, number] | undefined
  readonly near: readonly Dot[]
  readonly far: readonly Dot[]
}

const nothing: ContourSeries = { cells: [], range: undefined, near: [], far: [] }

export function contourSeries(
  contour: ContourPartsFragment,
  objective: string,
  shown: Shown,
  trials: readonly Trial[],
  axes: readonly Axis[],
): ContourSeries {
  const across = axes.find(({ name }) => name === contour.x)
  const up = axes.find(({ name }) => name === contour.y)
  const found = contour.objectives.find((one) => one.objective === objective)
  if (!across || !up || !found) return nothing
  const cells = cellsOf(contour, found, across, up)
  const values = cells.map((cell) => cell[shown === 'means' ? 4 : 5])
  const near: Dot[] = []
  const far: Dot[] = []
  for (const trial of trials) {
    if (trial.state !== 'COMPLETED' || trial.excluded) continue
    const [x, y] = [placeOf(across, trial.point?.[across.name]), placeOf(up, trial.point?.[up.name])]
    if (x === undefined || y === undefined) continue
    const close = isNear(trial, contour.at, axes, [across.name, up.name])
    ;(close ? near : far).push([x, y, trial.number])
  }
  return { cells, range: rangeOf(values), near, far }
}

function cellsOf(
  { xValues, yValues }: ContourPartsFragment,
  { means, deviations }: ContourPartsFragment['objectives'][number],
  across: Axis,
  up: Axis,
): Cell[] {
  const places = (axis: Axis, values: readonly unknown[]) => values.map((value) => placeOf(axis, value) ?? 0)
  const [xs, ys] = [borders(across, places(across, xValues)), borders(up, places(up, yValues))]
  return yValues.flatMap((_, row) =>
    xValues.flatMap((_, column): Cell[] => {
      const index = row * xValues.length + column
      const [mean, deviation] = [means[index], deviations[index]]
      // Where the space has no point there is no cell.
      if (typeof mean !== 'number' || typeof deviation !== 'number') return []
      const [left = 0, right = 0] = xs.slice(column)
      const [bottom = 0, top = 0] = ys.slice(row)
      return [[left, right, bottom, top, mean, deviation]]
    }),
  )
}

function rangeOf(values: readonly number[]): readonly [number, number] | undefined {
  if (values.length === 0) return undefined
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}

/** The colour of a share from 0 to 1 along stops at equal distances. */
export function colorAt(stops: readonly (readonly [number, number, number])[], share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1)
  const index = Math.min(stops.length - 2, Math.floor(at))
  const [from, to] = [stops[index], stops[index + 1]]
  if (!from || !to) return 'transparent'
  const mix = from.map((part, one) => Math.round(part + (at - index) * ((to[one] ?? part) - part)))
  return `rgb(${mix.join(',')})`
}
