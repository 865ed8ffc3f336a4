import type {
  LateResultPolicy,
  PruningKind,
  RetryOn,
  TaskDetailFragment,
  WaitingReason,
} from '../../gql/graphql'
import { formatSeconds } from '../../ui/duration'

export const lateResultLabels: Readonly<Record<LateResultPolicy, string>> = {
  ACCEPT: 'Counts, if no other does',
  ATTACH: 'Is kept, but never counts',
  REJECT: 'Is refused',
}

export const lateResultMeanings: Readonly<Record<LateResultPolicy, string>> = {
  ACCEPT: 'A result that comes after its lease has ended counts if no other result does, and is marked late.',
  ATTACH: 'A result that comes after its lease has ended is kept beside the trial, and never counts.',
  REJECT: 'A result that comes after its lease has ended is refused.',
}

export const retryLabels: Readonly<Record<RetryOn, string>> = {
  LOST_WORKERS: 'Lost workers',
  LISTED_FAILURES: 'And some failures',
  ALL_FAILURES: 'And all failures',
}

export const pruningLabels: Readonly<Record<PruningKind, string>> = {
  NONE: 'Never',
  MEDIAN: 'Median rule',
  SUCCESSIVE_HALVING: 'Successive halving',
}

export const pruningMeanings: Readonly<Record<PruningKind, string>> = {
  NONE: 'Every trial runs to its end.',
  MEDIAN:
    'A trial is stopped when its best value so far is worse than the median of the others at the same step.',
  SUCCESSIVE_HALVING:
    'At each rung, only the best part of the trials goes on to the next, which is several times as far.',
}

export const waitingLabels: Readonly<Record<WaitingReason, string>> = {
  NOT_STARTED: 'Not started',
  NOT_READY: 'Not ready',
  PAUSED: 'Paused',
  ENDED: 'Ended',
  DELETED: 'Deleted',
  CLAIMED: 'Claimed by a runner',
  BUDGET_REACHED: 'Budget reached',
  ALL_PLACES_TAKEN: 'All places taken',
  SHARE_REACHED: 'Share reached',
  BACKING_OFF: 'Waits before trying again',
  NO_POINTS: 'No points to hand out',
  BEHIND_OTHERS: 'Behind other tasks',
}

/** How the task deals with workers that fail, die or come late, in a sentence each. */
export function policySentences({ trialPolicy: policy }: Pick<TaskDetailFragment, 'trialPolicy'>): string[] {
  const lost = `A worker that is silent for ${formatSeconds(policy.leaseSeconds)} has lost its trial.`
  const again = {
    LOST_WORKERS: 'A lost trial',
    LISTED_FAILURES: `A lost trial, or one that failed with ${policy.retryKinds.join(' or ')},`,
    ALL_FAILURES: 'A lost or failed trial',
  }[policy.retryOn]
  const attempts =
    policy.maxAttempts === 1
      ? 'No trial is tried a second time.'
      : `${again} is tried again, ${policy.maxAttempts} times in all${wait(policy)}.`
  return [lost, attempts, lateResultMeanings[policy.lateResults]]
}

function wait({ backoffSeconds, maxBackoffSeconds, maxAttempts }: TaskDetailFragment['trialPolicy']): string {
  if (backoffSeconds === 0) return ''
  const first = Math.min(backoffSeconds, maxBackoffSeconds)
  const start = `, first after ${formatSeconds(first)}`
  if (maxAttempts <= 2 || first === maxBackoffSeconds) return start
  return `${start}, then after twice as long each time, at most ${formatSeconds(maxBackoffSeconds)}`
}

export function pruningSentence({ pruning }: Pick<TaskDetailFragment, 'pruning'>): string {
  const meaning = pruningMeanings[pruning.kind]
  switch (pruning.kind) {
    case 'NONE':
      return meaning
    case 'MEDIAN':
      return `${meaning} Not before ${pruning.startupTrials} trials are completed, and not up to step ${pruning.warmupSteps}.`
    case 'SUCCESSIVE_HALVING':
      return `${meaning} The first rung is step ${pruning.minResource}; one in ${pruning.reductionFactor} goes on, ${pruning.reductionFactor} times as far.`
  }
}
