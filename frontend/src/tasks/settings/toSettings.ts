import type {
  BudgetInput,
  CreateTaskInput,
  OutcomeConstraintInput,
  PruningInput,
  PruningKind,
  TrialPolicyInput,
} from '../../gql/graphql'
import { parseNumber } from '../../trials/pointForm'
import { parseDuration } from '../../ui/duration'
import type {
  BudgetDraft,
  ConstraintDraft,
  PolicyDraft,
  PruningDraft,
  QueueDraft,
  SettingsDraft,
} from './drafts'

type Report = (path: string, text: string) => void

/** The settings of a new task: only what differs from the default. */
export function toSettings(draft: SettingsDraft, report: Report): Partial<CreateTaskInput> {
  const budget = Object.entries(toBudget(draft.budget, report)).filter(([, bound]) => bound !== null)
  const policy = toPolicy(draft.policy, report)
  const pruning = toPruning(draft.pruning, report)
  const constraints = toConstraints(draft.constraints, report)
  const { labels, ...queue } = toQueue(draft.queue, report)
  return {
    ...(budget.length > 0 ? { budget: Object.fromEntries(budget) } : {}),
    ...(Object.keys(policy).length > 0 ? { trialPolicy: policy } : {}),
    ...(pruning.kind === 'NONE' ? {} : { pruning }),
    ...(constraints.length > 0 ? { constraints } : {}),
    ...(labels.length > 0 ? { labels } : {}),
    ...queue,
  }
}

/** All bounds, null where there is none; what is wrong is reported at the paths that the server uses. */
export function toBudget(draft: BudgetDraft, report: Report): Required<BudgetInput> {
  const at = (field: keyof BudgetDraft) => (text: string) => report(`budget.${field}`, text)
  const share = optionalNumber(draft.maxShare, at('maxShare'))
  if (share !== undefined && !(share > 0 && share <= 100)) at('maxShare')('Must be above 0, up to 100.')
  const improvement = optionalNumber(draft.minExpectedImprovement, at('minExpectedImprovement'))
  if (improvement !== undefined && improvement <= 0) at('minExpectedImprovement')('Must be above 0.')
  const deadline = draft.deadline === '' ? undefined : new Date(draft.deadline)
  if (deadline && Number.isNaN(deadline.getTime())) at('deadline')('Enter a day and a time.')
  return {
    maxTrials: optionalWhole(draft.maxTrials, 1, at('maxTrials')) ?? null,
    maxRunning: optionalWhole(draft.maxRunning, 1, at('maxRunning')) ?? null,
    maxShare: share === undefined ? null : share / 100,
    deadline: deadline && !Number.isNaN(deadline.getTime()) ? deadline.toISOString() : null,
    targetValue: optionalNumber(draft.targetValue, at('targetValue')) ?? null,
    patience: optionalWhole(draft.patience, 1, at('patience')) ?? null,
    minExpectedImprovement: improvement ?? null,
    maxFailures: optionalWhole(draft.maxFailures, 1, at('maxFailures')) ?? null,
    maxConsecutiveFailures:
      optionalWhole(draft.maxConsecutiveFailures, 1, at('maxConsecutiveFailures')) ?? null,
  }
}

/** What differs from the default. */
export function toPolicy(draft: PolicyDraft, report: Report): TrialPolicyInput {
  const lease = optionalDuration(draft.lease, (text) => report('trialPolicy.leaseSeconds', text))
  const backoff = optionalDuration(draft.backoff, (text) => report('trialPolicy.backoffSeconds', text))
  const longest = optionalDuration(draft.maxBackoff, (text) => report('trialPolicy.maxBackoffSeconds', text))
  const attempts = optionalWhole(draft.maxAttempts, 1, (text) => report('trialPolicy.maxAttempts', text))
  const retryKinds = listOf(draft.retryKinds)
  if (draft.retryOn === 'LISTED_FAILURES' && retryKinds.length === 0) {
    report('trialPolicy.retryKinds', 'Name at least one kind of failure.')
  }
  return {
    ...(lease === undefined ? {} : { leaseSeconds: lease }),
    ...(draft.lateResults === 'ACCEPT' ? {} : { lateResults: draft.lateResults }),
    ...(attempts === undefined ? {} : { maxAttempts: attempts }),
    ...(draft.retryOn === 'LOST_WORKERS' ? {} : { retryOn: draft.retryOn }),
    ...(draft.retryOn === 'LISTED_FAILURES' ? { retryKinds } : {}),
    ...(backoff === undefined ? {} : { backoffSeconds: backoff }),
    ...(longest === undefined ? {} : { maxBackoffSeconds: longest }),
  }
}

type PruningNumber = 'startupTrials' | 'warmupSteps' | 'minResource' | 'reductionFactor'

/** The numbers that each kind of pruning has, and the least that each may be. */
export const pruningNumbers: Readonly<Record<PruningKind, Partial<Record<PruningNumber, number>>>> = {
  NONE: {},
  MEDIAN: { startupTrials: 0, warmupSteps: 0 },
  SUCCESSIVE_HALVING: { minResource: 1, reductionFactor: 2 },
}

export function toPruning(draft: PruningDraft, report: Report): PruningInput {
  const input: Partial<Record<PruningNumber, number>> = {}
  for (const [field, least] of Object.entries(pruningNumbers[draft.kind]) as [PruningNumber, number][]) {
    const value = optionalWhole(draft[field], least, (text) => report(`pruning.${field}`, text))
    if (value !== undefined) input[field] = value
  }
  return { kind: draft.kind, ...input }
}

export function toConstraints(drafts: readonly ConstraintDraft[], report: Report): OutcomeConstraintInput[] {
  return drafts.map(({ name, atLeast, atMost }, index) => {
    const at = (field: string) => (text: string) => report(`constraints.${index}.${field}`, text)
    const least = optionalNumber(atLeast, at('atLeast'))
    const most = optionalNumber(atMost, at('atMost'))
    if (name.trim() === '') at('name')('Name an objective or a metric.')
    else if (drafts.some((other, before) => before < index && other.name.trim() === name.trim())) {
      at('name')('There is a constraint of this already.')
    }
    if (atLeast.trim() === '' && atMost.trim() === '') at('atLeast')('Enter one of the two.')
    if (least !== undefined && most !== undefined && least > most)
      at('atMost')('Must not be below the least.')
    return { name: name.trim(), atLeast: least ?? null, atMost: most ?? null }
  })
}

export function toQueue(
  draft: QueueDraft,
  report: Report,
): { priority?: number; owner?: string; labels: string[] } {
  const priority = parsePriority(draft.priority)
  if (priority === undefined && draft.priority.trim() !== '') {
    report('priority', 'Enter a whole number from −1,000,000 to 1,000,000.')
  }
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(draft.owner.trim() === '' ? {} : { owner: draft.owner.trim() }),
    labels: listOf(draft.labels),
  }
}

const highestPriority = 1_000_000

export function parsePriority(text: string): number | undefined {
  const value = parseNumber(text)
  return value !== undefined && Number.isInteger(value) && Math.abs(value) <= highestPriority
    ? value
    : undefined
}

function optionalNumber(text: string, report: (text: string) => void): number | undefined {
  if (text.trim() === '') return undefined
  const value = parseNumber(text)
  if (value === undefined) report('Enter a number.')
  return value
}

function optionalWhole(text: string, least: number, report: (text: string) => void): number | undefined {
  const value = optionalNumber(text, report)
  if (value !== undefined && (!Number.isInteger(value) || value < least)) {
    report(`Enter a whole number of at least ${least}.`)
  }
  return value
}

function optionalDuration(text: string, report: (text: string) => void): number | undefined {
  if (text.trim() === '') return undefined
  const seconds = parseDuration(text)
  if (seconds === undefined) report('Enter a duration, such as 90 s, 5 min or 1 h 30 min.')
  return seconds
}

function listOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,\n]/)
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
  ]
}
