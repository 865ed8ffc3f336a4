import type { ConstraintPartsFragment, TellInput, TellOutcome } from '../../gql/graphql'
import type { Problems } from '../../graphql/problems'
import { parseNumber } from '../pointForm'

export type OutcomeKind = keyof TellOutcome

export const outcomeLabels: Readonly<Record<OutcomeKind, string>> = {
  values: 'Measured',
  failure: 'Failed',
  infeasible: 'Infeasible',
  pruned: 'Stopped early',
}

export const outcomeMeanings: Readonly<Record<OutcomeKind, string>> = {
  values: 'The experiment was done and gave these numbers.',
  failure: 'Something went wrong with the experiment. It may go better another time.',
  infeasible: 'This point cannot be tried, now or ever.',
  pruned: 'It was clear before the end that nothing good would come of it.',
}

export interface PairDraft {
  readonly key: number
  readonly name: string
  readonly text: string
}

/** What was typed of a result, for every kind of outcome, so that changing the kind loses nothing. */
export interface TellDraft {
  readonly outcome: OutcomeKind
  readonly values: Readonly<Record<string, string>>
  readonly deviations: Readonly<Record<string, string>>
  readonly reason: string
  /** Of a failure: what kind it is, for the policy that tries some kinds again. */
  readonly kind: string
  readonly metrics: readonly PairDraft[]
  readonly links: readonly PairDraft[]
}

let lastKey = 0

export function newPair(name = ''): PairDraft {
  lastKey += 1
  return { key: lastKey, name, text: '' }
}

export interface TellTask {
  readonly objectives: readonly { readonly name: string }[]
  readonly constraints: readonly Pick<ConstraintPartsFragment, 'name'>[]
}

/** Metrics that a result must bring, because a constraint is about them. */
export function neededMetrics(task: TellTask): string[] {
  const objectives = new Set(task.objectives.map(({ name }) => name))
  return task.constraints.map(({ name }) => name).filter((name) => !objectives.has(name))
}

export function newTell(task: TellTask): TellDraft {
  return {
    outcome: 'values',
    values: {},
    deviations: {},
    reason: '',
    kind: '',
    metrics: neededMetrics(task).map(newPair),
    links: [],
  }
}

type TellParts = Pick<TellInput, 'outcome' | 'metrics' | 'artifacts'>

export type TellResult =
  | { readonly parts: TellParts; readonly problems?: never }
  | { readonly problems: Problems; readonly parts?: never }

/** The draft as the server wants it, or what is wrong with it, by the paths that the server uses. */
export function toTell(draft: TellDraft, task: TellTask): TellResult {
  const problems = new Map<string, string>()
  const outcome = outcomes[draft.outcome](draft, task, problems)
  const metrics = draft.metrics.flatMap(({ name, text }, index) => {
    if (name.trim() === '' && text.trim() === '') return []
    const value = parseNumber(text)
    if (name.trim() === '') problems.set(`metrics.${index}.name`, 'Name the metric.')
    if (value === undefined) {
      // Without a result nothing is measured: an empty line is no mistake then.
      if (draft.outcome !== 'values' && text.trim() === '') return []
      problems.set(`metrics.${index}.value`, 'Enter the measured number.')
    }
    return [{ name: name.trim(), value: value ?? 0 }]
  })
  const artifacts = draft.links.flatMap(({ name, text }, index) => {
    const url = text.trim()
    if (url === '') {
      if (name.trim() !== '') problems.set(`artifacts.${index}.url`, 'Enter the address.')
      return []
    }
    return [{ name: name.trim() === '' ? url.slice(0, 200) : name.trim(), url }]
  })
  if (problems.size > 0) return { problems }
  return {
    parts: {
      outcome,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(artifacts.length > 0 ? { artifacts } : {}),
    },
  }
}

type ToOutcome = (draft: TellDraft, task: TellTask, problems: Map<string, string>) => TellOutcome

const outcomes: Readonly<Record<OutcomeKind, ToOutcome>> = {
  values: (draft, task, problems) => ({
    values: measuredValues(task, draft.values, draft.deviations, 'outcome.values', problems),
  }),
  failure: ({ reason, kind }) => ({
    failure: {
      reason: reason.trim() || 'Told by hand',
      ...(kind.trim() === '' ? {} : { kind: kind.trim() }),
    },
  }),
  infeasible: ({ reason }) => ({ infeasible: { reason: reason.trim() || 'Told by hand' } }),
  pruned: ({ reason }) => ({ pruned: reason.trim() === '' ? {} : { reason: reason.trim() } }),
}

/** The values of the objectives that were measured, one at least, and how sure each is where that was typed in; `path` is where the server has them. */
export function measuredValues(
  { objectives }: Pick<TellTask, 'objectives'>,
  values: Readonly<Record<string, string>>,
  deviations: Readonly<Record<string, string>>,
  path: string,
  problems: Map<string, string>,
): { objective: string; value: number; standardDeviation?: number }[] {
  const isBlankValue = (name: string) => (values[name] ?? '').trim() === ''
  const nothing = objectives.every(({ name }) => isBlankValue(name))
  return objectives.flatMap(({ name }, index) => {
    if (isBlankValue(name) && !nothing) return []
    const value = parseNumber(values[name] ?? '')
    if (value === undefined) problems.set(`${path}.${index}.value`, 'Enter the measured number.')
    const text = deviations[name] ?? ''
    const standardDeviation = parseNumber(text)
    if (text.trim() !== '' && (standardDeviation === undefined || standardDeviation < 0)) {
      problems.set(`${path}.${index}.standardDeviation`, 'Enter a number of at least 0.')
    }
    return {
      objective: name,
      value: value ?? 0,
      ...(standardDeviation === undefined ? {} : { standardDeviation }),
    }
  })
}
