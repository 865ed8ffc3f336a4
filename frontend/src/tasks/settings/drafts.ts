import type { LateResultPolicy, PruningKind, RetryOn, TaskDetailFragment } from '../../gql/graphql'
import { formatSeconds } from '../../ui/duration'

/** What was typed of a task's settings. An empty text is the default, or no bound. */
export interface SettingsDraft {
  readonly budget: BudgetDraft
  readonly policy: PolicyDraft
  readonly pruning: PruningDraft
  readonly constraints: readonly ConstraintDraft[]
  readonly queue: QueueDraft
}

export interface BudgetDraft {
  readonly maxTrials: string
  readonly maxRunning: string
  /** In per cent. */
  readonly maxShare: string
  /** As the browser's field has it: local time, without a zone. */
  readonly deadline: string
  readonly targetValue: string
  readonly patience: string
  readonly minExpectedImprovement: string
  readonly maxFailures: string
  readonly maxConsecutiveFailures: string
}

export interface PolicyDraft {
  readonly lease: string
  readonly lateResults: LateResultPolicy
  readonly maxAttempts: string
  readonly retryOn: RetryOn
  readonly retryKinds: string
  readonly backoff: string
  readonly maxBackoff: string
}

export interface PruningDraft {
  readonly kind: PruningKind
  readonly startupTrials: string
  readonly warmupSteps: string
  readonly minResource: string
  readonly reductionFactor: string
}

export interface ConstraintDraft {
  readonly key: number
  readonly name: string
  readonly atLeast: string
  readonly atMost: string
}

export interface QueueDraft {
  readonly priority: string
  readonly owner: string
  readonly labels: string
}

let lastKey = 0

export function newConstraint(): ConstraintDraft {
  lastKey += 1
  return { key: lastKey, name: '', atLeast: '', atMost: '' }
}

export function newSettings(): SettingsDraft {
  return {
    budget: {
      maxTrials: '',
      maxRunning: '',
      maxShare: '',
      deadline: '',
      targetValue: '',
      patience: '',
      minExpectedImprovement: '',
      maxFailures: '',
      maxConsecutiveFailures: '',
    },
    policy: {
      lease: '',
      lateResults: 'ACCEPT',
      maxAttempts: '',
      retryOn: 'LOST_WORKERS',
      retryKinds: '',
      backoff: '',
      maxBackoff: '',
    },
    pruning: { kind: 'NONE', startupTrials: '', warmupSteps: '', minResource: '', reductionFactor: '' },
    constraints: [],
    queue: { priority: '', owner: '', labels: '' },
  }
}

/** The settings as they are, to be changed. */
export function settingsOf(task: TaskDetailFragment): SettingsDraft {
  const { budget, trialPolicy: policy, pruning } = task
  return {
    budget: {
      maxTrials: asText(budget.maxTrials),
      maxRunning: asText(budget.maxRunning),
      maxShare: budget.maxShare === null ? '' : asText(Number((budget.maxShare * 100).toPrecision(12))),
      deadline: budget.deadline === null ? '' : localMoment(new Date(budget.deadline)),
      targetValue: asText(budget.targetValue),
      patience: asText(budget.patience),
      minExpectedImprovement: asText(budget.minExpectedImprovement),
      maxFailures: asText(budget.maxFailures),
      maxConsecutiveFailures: asText(budget.maxConsecutiveFailures),
    },
    policy: {
      lease: formatSeconds(policy.leaseSeconds),
      lateResults: policy.lateResults,
      maxAttempts: asText(policy.maxAttempts),
      retryOn: policy.retryOn,
      retryKinds: policy.retryKinds.join(', '),
      backoff: formatSeconds(policy.backoffSeconds),
      maxBackoff: formatSeconds(policy.maxBackoffSeconds),
    },
    pruning: {
      kind: pruning.kind,
      startupTrials: asText(pruning.startupTrials),
      warmupSteps: asText(pruning.warmupSteps),
      minResource: asText(pruning.minResource),
      reductionFactor: asText(pruning.reductionFactor),
    },
    constraints: task.constraints.map(({ name, atLeast, atMost }) => ({
      ...newConstraint(),
      name,
      atLeast: asText(atLeast),
      atMost: asText(atMost),
    })),
    queue: { priority: asText(task.priority), owner: task.owner, labels: task.labels.join(', ') },
  }
}

function asText(number: number | null): string {
  return number === null ? '' : String(number)
}

/** `2026-03-01T14:30`, with seconds where there are any, as an input of the type `datetime-local` has it. */
export function localMoment(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
  return local.toISOString().replace(/(:00)?(\.000)?Z$/, '')
}
