import type { ParameterPartsFragment } from '../gql/graphql'

export type ParameterValue = string | number | boolean

/** The values to choose from; undefined where a number is typed in. */
export function choicesOf(parameter: ParameterPartsFragment): readonly ParameterValue[] | undefined {
  switch (parameter.__typename) {
    case 'FloatParameter':
    case 'IntParameter':
      return undefined
    case 'CategoricalParameter':
      return parameter.choices
    case 'OrdinalParameter':
      return parameter.levels
  }
}

/** A typed or chosen text as a value of the parameter, or what is wrong with it. */
export function parseValue(
  parameter: ParameterPartsFragment,
  text: string,
): { readonly value: ParameterValue } | { readonly problem: string } {
  const choices = choicesOf(parameter)
  if (choices) {
    const value = choices[Number(text)]
    return text === '' || value === undefined ? { problem: 'Choose a value.' } : { value }
  }
  const value = parseNumber(text)
  if (value === undefined) return { problem: 'Enter a number.' }
  const { low, high } = bounds(parameter)
  if (value < low || value > high) return { problem: `Must be from ${low} to ${high}.` }
  if (parameter.__typename === 'IntParameter' && !Number.isInteger(value))
    return { problem: 'Must be whole.' }
  return { value }
}

export function bounds(parameter: ParameterPartsFragment): { low: number; high: number } {
  switch (parameter.__typename) {
    case 'FloatParameter':
      return { low: parameter.low, high: parameter.high }
    case 'IntParameter':
      return { low: parameter.intLow, high: parameter.intHigh }
    case 'CategoricalParameter':
      return { low: 0, high: parameter.choices.length - 1 }
    case 'OrdinalParameter':
      return { low: 0, high: parameter.levels.length - 1 }
  }
}

/** A finite decimal number; a comma is accepted as the decimal sign. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text
    .trim()
    .replace('−', '-')
    .replace(/^(-?\d*),(\d+)$/, '$1.$2')
  if (trimmed === '') return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : undefined
}
