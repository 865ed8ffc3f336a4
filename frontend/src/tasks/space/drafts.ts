import type {
  ParameterPartsFragment,
  SpaceConstraintPartsFragment,
  SpacePartsFragment,
  TableAnswerInput,
} from '../../gql/graphql'
import { noTable, type TableSource } from '../../tables/source'
import type { ParameterValue } from '../../trials/pointForm'

export type ParameterKind = 'float' | 'int' | 'categorical' | 'ordinal'

/** A row of the parameter editor: what was typed, for every kind, so that changing the kind loses nothing. */
export interface ParameterDraft {
  readonly key: number
  readonly kind: ParameterKind
  readonly name: string
  readonly low: string
  readonly high: string
  readonly step: string
  readonly log: boolean
  /** Choices or levels, one per line or comma. */
  readonly values: string
  /** The only value that is tried from here on, as it is typed; empty for any. */
  readonly fixed: string
  readonly condition: ConditionDraft | undefined
}

/** When a parameter exists at all. */
export interface ConditionDraft {
  /** The key of the parameter that decides, so that it may be renamed. */
  readonly parent: number
  /** Of a choice: those for which it exists, as they are typed. */
  readonly oneOf: readonly string[]
  /** Of a whole number: the same, as a list that is typed. */
  readonly numbers: string
  readonly atLeast: string
  readonly atMost: string
}

/** A weighted sum of parameters, or an order of two of them. */
export interface SpaceConstraintDraft {
  readonly key: number
  readonly kind: 'sum' | 'order'
  /** Of an order two: the smaller one first. */
  readonly terms: readonly TermDraft[]
  readonly relation: Relation
  readonly bound: string
  /** The upper bound, of a sum between two. */
  readonly upper: string
  /** By how much the sum of a result may miss. */
  readonly tolerance: string
}

export type Relation = 'atMost' | 'atLeast' | 'equals' | 'between'

export interface TermDraft {
  readonly key: number
  /** The key of the parameter; undefined until one is chosen. */
  readonly parameter: number | undefined
  readonly coefficient: string
}

export interface SpaceDraft {
  readonly parameters: readonly ParameterDraft[]
  readonly constraints: readonly SpaceConstraintDraft[]
  /** The only points that may be tried, as a table; a blank one if every point of the space may be. */
  readonly candidates: CandidatesDraft
}

/** A table of candidates, and what the server has read of it. */
export interface CandidatesDraft {
  readonly source: TableSource
  readonly answers: readonly TableAnswerInput[]
  readonly points: readonly Readonly<Record<string, unknown>>[]
  /** Why the points are not to be used. */
  readonly problem: string | undefined
}

export const noCandidates: CandidatesDraft = { source: noTable, answers: [], points: [], problem: undefined }

let lastKey = 0

function newKey(): number {
  lastKey += 1
  return lastKey
}

export function newParameter(kind: ParameterKind = 'float'): ParameterDraft {
  return {
    key: newKey(),
    kind,
    name: '',
    low: '',
    high: '',
    step: '',
    log: false,
    values: '',
    fixed: '',
    condition: undefined,
  }
}

export function newCondition(parent: number): ConditionDraft {
  return { parent, oneOf: [], numbers: '', atLeast: '', atMost: '' }
}

export function newTerm(parameter?: number): TermDraft {
  return { key: newKey(), parameter, coefficient: '1' }
}

export function newSum(parameters: readonly (number | undefined)[]): SpaceConstraintDraft {
  return {
    key: newKey(),
    kind: 'sum',
    terms: parameters.map(newTerm),
    relation: 'atMost',
    bound: '',
    upper: '',
    tolerance: '',
  }
}

/** Shares of a whole: they add up to 1. */
export function newMixture(parameters: readonly number[]): SpaceConstraintDraft {
  return { ...newSum(parameters), relation: 'equals', bound: '1' }
}

export function newOrder(smaller?: number, greater?: number): SpaceConstraintDraft {
  return { ...newSum([smaller, greater]), kind: 'order', bound: '0' }
}

export function newSpace(): SpaceDraft {
  return { parameters: [newParameter()], constraints: [], candidates: noCandidates }
}

/** Those that a sum or an order may be of: numbers that exist in every point. */
export function summable(parameters: readonly ParameterDraft[]): readonly ParameterDraft[] {
  return parameters.filter(
    ({ kind, condition }) => (kind === 'float' || kind === 'int') && condition === undefined,
  )
}

/** The space as it is, to be changed. */
export function spaceOf(space: SpacePartsFragment, candidates: CandidatesDraft): SpaceDraft {
  const keys = new Map(space.parameters.map(({ name }) => [name, newKey()]))
  return {
    parameters: space.parameters.map((parameter) => parameterOf(parameter, keys)),
    constraints: space.constraints.map((constraint) => constraintOf(constraint, keys)),
    candidates,
  }
}

function parameterOf(parameter: ParameterPartsFragment, keys: ReadonlyMap<string, number>): ParameterDraft {
  const { name, condition, fixed } = parameter
  const parent = condition && keys.get(condition.parameter)
  return {
    ...newParameter(),
    ...domainOf(parameter),
    key: keys.get(name) ?? newKey(),
    name,
    fixed: fixed === null ? '' : listItem(fixed),
    condition:
      condition === null || parent === undefined || parent === null
        ? undefined
        : {
            parent,
            oneOf: (condition.oneOf ?? []).map(listItem),
            numbers: (condition.oneOf ?? []).filter((value) => typeof value === 'number').join(', '),
            atLeast: asText(condition.atLeast),
            atMost: asText(condition.atMost),
          },
  }
}

function domainOf(parameter: ParameterPartsFragment): Partial<ParameterDraft> & { kind: ParameterKind } {
  switch (parameter.__typename) {
    case 'FloatParameter':
      return {
        kind: 'float',
        low: String(parameter.low),
        high: String(parameter.high),
        step: asText(parameter.step),
        log: parameter.log,
      }
    case 'IntParameter':
      return {
        kind: 'int',
        low: String(parameter.intLow),
        high: String(parameter.intHigh),
        step: parameter.intStep === 1 ? '' : String(parameter.intStep),
        log: parameter.log,
      }
    case 'CategoricalParameter':
      return { kind: 'categorical', values: parameter.choices.map(listItem).join(', ') }
    case 'OrdinalParameter':
      return { kind: 'ordinal', values: parameter.levels.map(listItem).join(', ') }
  }
}

/** A value as it is typed in a list: texts that would be read as something else stand in quotes. */
export function listItem(value: ParameterValue): string {
  if (typeof value !== 'string') return String(value)
  const asIs = value !== '' && value === value.trim() && Number.isNaN(Number(value.replace(',', '.')))
  return asIs && !/[",\n]|^true$|^false$|^null$/.test(value) ? value : `"${value}"`
}

function constraintOf(
  { terms, atLeast, atMost, equals, tolerance }: SpaceConstraintPartsFragment,
  keys: ReadonlyMap<string, number>,
): SpaceConstraintDraft {
  const drafts = terms.map(({ parameter, coefficient }) => ({
    ...newTerm(keys.get(parameter)),
    coefficient: String(coefficient),
  }))
  const order =
    atMost === 0 && atLeast === null && terms.length === 2 && terms[0]?.coefficient === 1
      ? terms[1]?.coefficient === -1
      : false
  const sum = { ...newSum([]), terms: drafts, tolerance: asText(tolerance) }
  if (order) return { ...sum, kind: 'order', bound: '0' }
  if (equals !== null) return { ...sum, relation: 'equals', bound: String(equals) }
  if (atLeast !== null && atMost !== null) {
    return { ...sum, relation: 'between', bound: String(atLeast), upper: String(atMost) }
  }
  if (atLeast !== null) return { ...sum, relation: 'atLeast', bound: String(atLeast) }
  return { ...sum, bound: asText(atMost) }
}

function asText(number: number | null | undefined): string {
  return number === null || number === undefined ? '' : String(number)
}

export const parameterKindLabels: Readonly<Record<ParameterKind, string>> = {
  float: 'Float',
  int: 'Int',
  categorical: 'Categorical',
  ordinal: 'Ordinal',
}

export const parameterKindMeanings: Readonly<Record<ParameterKind, string>> = {
  float: 'Any number between the bounds, such as a temperature.',
  int: 'A whole number between the bounds, such as a count of layers.',
  categorical: 'One of several choices without an order, such as a solvent.',
  ordinal: 'One of several levels in order, lowest first, such as low, medium, high.',
}
