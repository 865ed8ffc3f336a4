import type { ParameterPartsFragment } from '../gql/graphql'

export type ParameterValue = string | number | boolean | null

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

/** Whether the parameter exists in a point: what it depends on has a value, and one of those that it is for. */
export function isActive(
  { condition }: Pick<ParameterPartsFragment, 'condition'>,
  point: Readonly<Record<string, unknown>>,
): boolean {
  if (!condition) return true
  const value = point[condition.parameter]
  if (value === undefined) return false
  if (condition.oneOf) return condition.oneOf.some((one) => one === value)
  const { atLeast, atMost } = condition
  return typeof value === 'number' && value >= (atLeast ?? value) && value <= (atMost ?? value)
}

/** What a point is for: to be tried, within the bounds and on the steps; or it was tried, wherever that was. */
export type PointUse = 'proposed' | 'tried'

/** A typed or chosen text as a value of the parameter, or what is wrong with it. */
export function parseValue(
  parameter: ParameterPartsFragment,
  text: string,
  use: PointUse = 'proposed',
): { readonly value: ParameterValue } | { readonly problem: string } {
  const choices = choicesOf(parameter)
  if (choices) {
    const value = choices[Number(text)]
    return text === '' || value === undefined ? { problem: 'Choose a value.' } : { value }
  }
  const value = parseNumber(text)
  if (value === undefined) return { problem: 'Enter a number.' }
  if (use === 'tried') return { value }
  const { low, high, step } = bounds(parameter)
  if (value < low || value > high) return { problem: `Must be from ${low} to ${high}.` }
  if (parameter.__typename === 'IntParameter' && !Number.isInteger(value))
    return { problem: 'Must be whole.' }
  if (step !== null && !isOnStep((value - low) / step))
    return { problem: `Must be ${low} plus steps of ${step}.` }
  return { value }
}

/** Counting from the low bound, with room for what binary fractions cannot hold. */
function isOnStep(steps: number): boolean {
  return Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, Math.abs(steps))
}

export function bounds(parameter: ParameterPartsFragment): {
  low: number
  high: number
  step: number | null
} {
  switch (parameter.__typename) {
    case 'FloatParameter':
      return { low: parameter.low, high: parameter.high, step: parameter.step }
    case 'IntParameter':
      return { low: parameter.intLow, high: parameter.intHigh, step: parameter.intStep }
    case 'CategoricalParameter':
      return { low: 0, high: parameter.choices.length - 1, step: 1 }
    case 'OrdinalParameter':
      return { low: 0, high: parameter.levels.length - 1, step: 1 }
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

export type PointTexts = Readonly<Record<string, string>>

/** What the space fixes the parameter to, or else what is typed. */
function readValue(
  parameter: ParameterPartsFragment,
  texts: PointTexts,
  use: PointUse,
): ReturnType<typeof parseValue> {
  const { name, fixed } = parameter
  return fixed === null ? parseValue(parameter, texts[name] ?? '', use) : { value: fixed }
}

/** The parameters that exist with what is typed so far. */
export function activeParameters(
  parameters: readonly ParameterPartsFragment[],
  texts: PointTexts,
  use: PointUse = 'proposed',
): readonly ParameterPartsFragment[] {
  const point: Record<string, ParameterValue> = {}
  return parameters.filter((parameter) => {
    if (!isActive(parameter, point)) return false
    const parsed = readValue(parameter, texts, use)
    if ('value' in parsed) point[parameter.name] = parsed.value
    return true
  })
}

/** The typed and the fixed values of all active parameters as a point, or what is wrong with them, by the parameter's name. */
export function readPoint(
  parameters: readonly ParameterPartsFragment[],
  texts: PointTexts,
  use: PointUse = 'proposed',
):
  | { readonly point: Readonly<Record<string, ParameterValue>>; readonly problems?: never }
  | { readonly problems: ReadonlyMap<string, string>; readonly point?: never } {
  const point: Record<string, ParameterValue> = {}
  const problems = new Map<string, string>()
  for (const parameter of activeParameters(parameters, texts, use)) {
    const parsed = readValue(parameter, texts, use)
    if ('problem' in parsed) problems.set(parameter.name, parsed.problem)
    else point[parameter.name] = parsed.value
  }
  return problems.size > 0 ? { problems } : { point }
}
