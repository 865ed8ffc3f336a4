import type {
  ConditionInput,
  ParameterConstraintInput,
  ParameterInput,
  ParameterPartsFragment,
  ParameterSpaceInput,
} from '../../gql/graphql'
import { isBlank } from '../../tables/source'
import { type ParameterValue, parseNumber } from '../../trials/pointForm'
import { mostCandidates } from './candidates'
import type {
  ConditionDraft,
  ParameterDraft,
  ParameterKind,
  SpaceConstraintDraft,
  SpaceDraft,
  TermDraft,
} from './drafts'

type Report = (path: string, text: string) => void

/** The space as the server wants it; what is wrong is reported at the paths that the server uses. */
export function toSpace(draft: SpaceDraft, report: Report): ParameterSpaceInput {
  const { parameters: drafts } = draft
  if (drafts.length === 0) report('parameterSpace.parameters', 'Add at least one parameter.')
  const parameters = drafts.map((parameter, index) => toParameter(drafts, parameter, index, report))
  for (const [index, { kind }] of drafts.entries()) {
    checkName(drafts, index, (text) => report(`${parameterPath(index)}.${kind}.name`, text))
  }
  const constraints = draft.constraints.map((constraint, index) =>
    toConstraint(drafts, constraint, (field, text) =>
      report(field === '' ? constraintPath(index) : `${constraintPath(index)}.${field}`, text),
    ),
  )
  const candidates = isBlank(draft.candidates.source) ? [] : toCandidates(draft, report)
  return {
    parameters,
    ...(constraints.length > 0 ? { constraints } : {}),
    ...(candidates.length > 0 ? { candidates } : {}),
  }
}

export function parameterPath(index: number): string {
  return `parameterSpace.parameters.${index}`
}

export function constraintPath(index: number): string {
  return `parameterSpace.constraints.${index}`
}

export const candidatesPath = 'parameterSpace.candidates'

function toCandidates(draft: SpaceDraft, report: Report): Record<string, unknown>[] {
  const { points, problem } = draft.candidates
  if (problem !== undefined) report(candidatesPath, problem)
  else if (points.length > mostCandidates) report(candidatesPath, 'These are too many candidates.')
  return [...points]
}

type FieldReport = (field: string, text: string) => void

function toParameter(
  all: readonly ParameterDraft[],
  draft: ParameterDraft,
  index: number,
  report: Report,
): ParameterInput {
  const at: FieldReport = (field, text) => report(`${parameterPath(index)}.${draft.kind}.${field}`, text)
  const condition = draft.condition && toCondition(all, index, draft.condition, at)
  return kindInputs[draft.kind](draft, at, condition === undefined ? {} : { condition })
}

type Conditional = { condition?: ConditionInput }

const kindInputs: Readonly<
  Record<ParameterKind, (draft: ParameterDraft, report: FieldReport, more: Conditional) => ParameterInput>
> = {
  float: (draft, report, more) => ({
    float: { ...range(draft, report), ...fixedNumber(draft, report), ...more },
  }),
  int: (draft, report, more) => {
    const int = range(draft, report)
    for (const [field, value] of Object.entries({ low: int.low, high: int.high, step: int.step ?? 1 })) {
      if (!Number.isInteger(value)) report(field, 'Must be a whole number.')
      else if (!Number.isSafeInteger(value)) report(field, 'Must have at most 53 bits.')
    }
    return { int: { ...int, ...fixedNumber(draft, report), ...more } }
  },
  categorical: (draft, report, more) => ({
    categorical: {
      name: draft.name.trim(),
      choices: list(draft, 'choices', report),
      ...fixedItem(draft),
      ...more,
    },
  }),
  ordinal: (draft, report, more) => ({
    ordinal: { name: draft.name.trim(), levels: list(draft, 'levels', report), ...fixedItem(draft), ...more },
  }),
}

interface Range {
  name: string
  low: number
  high: number
  log: boolean
  step?: number
}

function range(draft: ParameterDraft, report: FieldReport): Range {
  const low = parseNumber(draft.low)
  const high = parseNumber(draft.high)
  if (low === undefined) report('low', 'Enter a number.')
  if (high === undefined) report('high', 'Enter a number.')
  if (low !== undefined && high !== undefined && low > high)
    report('high', 'Must not be below the low bound.')
  if (draft.log && low !== undefined && low <= 0) report('low', 'Must be above 0 on a log scale.')
  const step = optionalStep(draft, report)
  return {
    name: draft.name.trim(),
    low: low ?? 0,
    high: high ?? 0,
    log: draft.log,
    ...(step === undefined ? {} : { step }),
  }
}

function optionalStep(draft: ParameterDraft, report: FieldReport): number | undefined {
  if (draft.step.trim() === '') return undefined
  const step = parseNumber(draft.step)
  if (step === undefined || step <= 0) report('step', 'Enter a number above 0.')
  return step
}

function fixedNumber({ fixed }: ParameterDraft, report: FieldReport): { fixed?: number } {
  const value = optionalNumber(fixed, (text) => report('fixed', text))
  return value === undefined ? {} : { fixed: value }
}

/** What is no choice any more is left to the server to refuse. */
function fixedItem({ fixed }: ParameterDraft): { fixed?: ParameterValue } {
  return fixed.trim() === '' ? {} : { fixed: parseItem(fixed.trim()) }
}

function list(draft: ParameterDraft, field: 'choices' | 'levels', report: FieldReport): ParameterValue[] {
  const values = parseList(draft.values)
  if (values.length === 0) report(field, `Enter the ${field}, separated by commas.`)
  else if (new Set(values).size < values.length) report(field, `The ${field} must differ from each other.`)
  return values
}

/** Separated by commas or lines; numbers, true/false and null are read as such unless quoted. */
export function parseList(text: string): ParameterValue[] {
  return listItems(text).map(parseItem)
}

/** The items as they are typed: a comma in quotes belongs to its item. */
export function listItems(text: string): string[] {
  return [...text.matchAll(/\s*"[^"\n]*"\s*|[^,\n]+/g)]
    .map(([item]) => item.trim())
    .filter((item) => item !== '')
}

function parseItem(item: string): ParameterValue {
  const quoted = /^"(.*)"$/.exec(item)
  if (quoted) return quoted[1] ?? ''
  if (item === 'null') return null
  if (item === 'true' || item === 'false') return item === 'true'
  return parseNumber(item) ?? item
}

export function checkName(
  all: readonly { name: string }[],
  index: number,
  report: (text: string) => void,
): void {
  const name = all[index]?.name.trim() ?? ''
  if (name === '') report('Enter a name.')
  else if (all.some((other, at) => at < index && other.name.trim() === name)) {
    report('This name is already used.')
  }
}

function toCondition(
  all: readonly ParameterDraft[],
  index: number,
  { parent: key, oneOf, numbers, atLeast, atMost }: ConditionDraft,
  report: FieldReport,
): ConditionInput {
  const at = (field: string, text: string) => report(`condition.${field}`, text)
  const place = all.findIndex((other) => other.key === key)
  const parent = all[place]
  if (!parent || place === index) {
    at('parameter', 'Choose the parameter that decides.')
    return { parameter: '' }
  }
  if (place > index) at('parameter', `Move “${parent.name.trim()}” above this parameter: it decides.`)
  const parameter = parent.name.trim()
  if (parent.kind === 'categorical' || parent.kind === 'ordinal') {
    const values = listItems(parent.values)
    const chosen = values.filter((value) => oneOf.includes(value)).map(parseItem)
    if (chosen.length === 0) at('oneOf', 'Choose at least one value.')
    return { parameter, oneOf: chosen }
  }
  const least = optionalNumber(atLeast, (text) => at('atLeast', text))
  const most = optionalNumber(atMost, (text) => at('atMost', text))
  const ranged = atLeast.trim() !== '' || atMost.trim() !== ''
  if (parent.kind === 'int' && numbers.trim() !== '') {
    if (ranged) at('oneOf', 'Either these values or a range, not both.')
    return { parameter, oneOf: wholeNumbers(numbers, (text) => at('oneOf', text)) }
  }
  if (!ranged) at('atLeast', 'Enter one of the two.')
  if (least !== undefined && most !== undefined && least > most) at('atMost', 'Must not be below the least.')
  return {
    parameter,
    ...(least === undefined ? {} : { atLeast: least }),
    ...(most === undefined ? {} : { atMost: most }),
  }
}

function wholeNumbers(text: string, report: (text: string) => void): number[] {
  const items = listItems(text)
  const whole = items.map(Number).filter(Number.isSafeInteger)
  if (whole.length < items.length) report('Enter whole numbers, separated by commas.')
  return whole
}

function optionalNumber(text: string, report: (text: string) => void): number | undefined {
  if (text.trim() === '') return undefined
  const value = parseNumber(text)
  if (value === undefined) report('Enter a number.')
  return value
}

function toConstraint(
  all: readonly ParameterDraft[],
  { kind, terms, relation, bound, upper, tolerance: text }: SpaceConstraintDraft,
  report: FieldReport,
): ParameterConstraintInput {
  const order = kind === 'order'
  const inputs = terms.map((term, index) => ({
    parameter: summand(all, terms, index, report),
    coefficient: order ? (index === 0 ? 1 : -1) : coefficient(term, index, report),
  }))
  const tolerance = optionalNumber(text, (problem) => report('tolerance', problem))
  if (tolerance !== undefined && tolerance < 0) report('tolerance', 'Must not be negative.')
  const missed = tolerance === undefined ? {} : { tolerance }
  if (order) return { terms: inputs, atMost: 0, ...missed }
  if (terms.length === 0) report('', 'Add the parameters that are summed.')
  const number = (text: string, field: string) => {
    const value = parseNumber(text)
    if (value === undefined) report(field, 'Enter a number.')
    return value ?? 0
  }
  switch (relation) {
    case 'atMost':
    case 'atLeast':
    case 'equals':
      return { terms: inputs, [relation]: number(bound, relation), ...missed }
    case 'between': {
      const [atLeast, atMost] = [number(bound, 'atLeast'), number(upper, 'atMost')]
      if (atLeast > atMost) report('atMost', 'Must not be below the least.')
      return { terms: inputs, atLeast, atMost, ...missed }
    }
  }
}

function summand(
  all: readonly ParameterDraft[],
  terms: readonly TermDraft[],
  index: number,
  report: FieldReport,
): string {
  const at = (text: string) => report(`terms.${index}.parameter`, text)
  const key = terms[index]?.parameter
  const parameter = all.find((other) => other.key === key)
  if (!parameter) at('Choose a parameter.')
  else if (parameter.kind !== 'float' && parameter.kind !== 'int') at('Must be a number.')
  else if (parameter.condition) at('Must not depend on another parameter.')
  else if (terms.some((other, before) => before < index && other.parameter === key)) at('Is there already.')
  return parameter?.name.trim() ?? ''
}

function coefficient({ coefficient: text }: TermDraft, index: number, report: FieldReport): number {
  const value = parseNumber(text)
  if (value === undefined || value === 0) report(`terms.${index}.coefficient`, 'Enter a number, not 0.')
  return value ?? 1
}

/** The drafts as the server would tell of them, as far as they are filled in. */
export function partsOf(drafts: readonly ParameterDraft[]): ParameterPartsFragment[] {
  const ignore = () => {}
  return drafts.map((draft, index): ParameterPartsFragment => {
    const { float, int, categorical, ordinal } = toParameter(drafts, draft, index, ignore)
    const given = float ?? int ?? categorical ?? ordinal
    const condition = given?.condition
      ? {
          parameter: given.condition.parameter,
          oneOf: given.condition.oneOf?.map((value) => value ?? null) ?? null,
          atLeast: given.condition.atLeast ?? null,
          atMost: given.condition.atMost ?? null,
        }
      : null
    const all = { name: draft.name.trim(), condition, fixed: given?.fixed ?? null }
    if (categorical)
      return {
        __typename: 'CategoricalParameter',
        ...all,
        choices: categorical.choices.map((value) => value ?? null),
      }
    if (ordinal)
      return { __typename: 'OrdinalParameter', ...all, levels: ordinal.levels.map((value) => value ?? null) }
    if (int) {
      return {
        __typename: 'IntParameter',
        ...all,
        intLow: int.low,
        intHigh: int.high,
        intStep: int.step ?? 1,
        log: draft.log,
      }
    }
    return {
      __typename: 'FloatParameter',
      ...all,
      low: float?.low ?? 0,
      high: float?.high ?? 0,
      step: float?.step ?? null,
      log: draft.log,
    }
  })
}
