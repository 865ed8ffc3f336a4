import type { TaskStatus, TrialState } from '../../gql/graphql'
import type { Trial } from '../trial'

/** What a person can do with a trial. */
export type TrialAction = 'tell' | 'release' | 'keep' | 'skip' | 'exclude' | 'include' | 'correct' | 'repeat'

export function isHeldBy(trial: Trial, name: string): boolean {
  return name !== '' && trial.state === 'RUNNING' && trial.lease?.worker === name
}

/** The points that this person has taken and not yet given back. */
export function heldBy(trials: readonly Trial[], name: string): Trial[] {
  return name === '' ? [] : trials.filter((trial) => isHeldBy(trial, name))
}

const byState: Readonly<Record<TrialState, readonly TrialAction[]>> = {
  WAITING: ['tell', 'skip'],
  RUNNING: ['tell', 'keep', 'release'],
  COMPLETED: ['correct', 'exclude', 'repeat'],
  FAILED: ['exclude', 'repeat'],
  PRUNED: ['exclude', 'repeat'],
  INFEASIBLE: ['exclude', 'repeat'],
  ABANDONED: ['tell', 'repeat'],
}

const canEnqueue: Readonly<Record<TaskStatus, boolean>> = {
  CREATED: true,
  RUNNING: true,
  PAUSED: true,
  COMPLETED: false,
  FAILED: true,
}

/** What can be done with this trial, the likeliest first. */
export function actionsFor(trial: Trial, status: TaskStatus, me: string): TrialAction[] {
  return byState[trial.state].flatMap((action) => {
    if (action === 'exclude' && trial.excluded) return ['include']
    if (action === 'keep' && !isHeldBy(trial, me)) return []
    if (action === 'release' && !trial.lease) return []
    if (action === 'repeat' && (!canEnqueue[status] || !trial.point)) return []
    return [action]
  })
}

export function actionLabel(action: TrialAction, trial: Trial, me: string): string {
  if (action === 'release' && !isHeldBy(trial, me)) {
    return `Take back from ${trial.lease?.worker ?? 'its worker'}…`
  }
  return labels[action]
}

const labels: Readonly<Record<TrialAction, string>> = {
  tell: 'Tell result…',
  release: 'Give back…',
  keep: 'Keep longer…',
  skip: 'Skip…',
  exclude: 'Exclude…',
  include: 'Include again…',
  correct: 'Correct…',
  repeat: 'Try this point again',
}
