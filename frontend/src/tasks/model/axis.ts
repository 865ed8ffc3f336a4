import type { ParameterPartsFragment } from '../../gql/graphql'
import { bounds, choicesOf } from '../../trials/pointForm'
import { formatNumber, formatValue } from '../../ui/format'

/** A parameter as an axis of a plot: numbers as they are, choices and levels at 0, 1, 2, … */
export interface Axis {
  readonly name: string
  readonly low: number
  readonly high: number
  readonly log: boolean
  readonly whole: boolean
  readonly choices: readonly unknown[] | undefined
}

export function axisOf(parameter: ParameterPartsFragment): Axis {
  const choices = choicesOf(parameter)
  const { low, high } = bounds(parameter)
  return {
    name: parameter.name,
    low: choices ? -0.5 : low,
    high: choices ? high + 0.5 : high,
    log: 'log' in parameter && parameter.log,
    whole: parameter.__typename === 'IntParameter',
    choices,
  }
}

/** Where a value lies on the axis; undefined if it does not. */
export function placeOf(axis: Axis, value: unknown): number | undefined {
  if (axis.choices) {
    const index = axis.choices.indexOf(value)
    return index < 0 ? undefined : index
  }
  return typeof value === 'number' ? value : undefined
}

/** What stands at a place of the axis. */
export function labelAt(axis: Axis, place: number): string {
  if (!axis.choices) return formatNumber(place)
  return Number.isInteger(place) && place in axis.choices ? formatValue(axis.choices[place]) : ''
}

/** From 0 to 1 along the axis. */
export function shareOf({ low, high, log }: Axis, place: number): number {
  return log ? Math.log(place / low) / Math.log(high / low) : (place - low) / (high - low)
}

/** The borders of the cells around places in order: half-way between neighbours, and as far beyond the ends. */
export function borders(axis: Axis, places: readonly number[]): number[] {
  if (axis.choices) return [...places.map((place) => place - 0.5), (places.at(-1) ?? 0) + 0.5]
  const to = axis.log ? Math.log : (place: number) => place
  const from = axis.log ? Math.exp : (place: number) => place
  const between = places.slice(1).map((place, index) => from((to(place) + to(places[index] ?? place)) / 2))
  // A cell beyond the bounds would be half outside of the plot.
  return [
    Math.min(axis.low, places[0] ?? axis.low),
    ...between,
    Math.max(axis.high, places.at(-1) ?? axis.high),
  ]
}
