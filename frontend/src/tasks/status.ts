import type { Direction, SamplingMethod, TaskStatus } from '../gql/graphql'

export const statusLabels: Readonly<Record<TaskStatus, string>> = {
  CREATED: 'Created',
  RUNNING: 'Running',
  PAUSED: 'Paused',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
}

export const statuses = Object.keys(statusLabels) as readonly TaskStatus[]

export function isTaskStatus(value: unknown): value is TaskStatus {
  return typeof value === 'string' && Object.hasOwn(statusLabels, value)
}

interface TransitionWords {
  /** On the button. */
  readonly verb: string
  /** Told before or after it is done. */
  readonly meaning: string
  readonly confirm: boolean
}

/** How a move to each status is offered. */
export const transitionWords: Readonly<Record<TaskStatus, TransitionWords>> = {
  CREATED: { verb: 'Reset', meaning: 'Back to the beginning.', confirm: true },
  RUNNING: { verb: 'Start', meaning: 'Workers can ask for points.', confirm: false },
  PAUSED: {
    verb: 'Pause',
    meaning: 'Nothing new is handed out; what is out may still report.',
    confirm: false,
  },
  COMPLETED: {
    verb: 'Complete',
    meaning:
      'Ends the task. Trials that still wait are abandoned. It can be resumed if its budget leaves something.',
    confirm: true,
  },
  FAILED: {
    verb: 'Mark failed',
    meaning: 'Stops the task. Waiting trials are kept; it can be started again.',
    confirm: true,
  },
}

const startVerbs: Readonly<Record<TaskStatus, string>> = {
  CREATED: 'Start',
  RUNNING: 'Start',
  PAUSED: 'Resume',
  COMPLETED: 'Resume',
  FAILED: 'Retry',
}

/** A task that is complete is resumed for a reason, which the server asks for. */
export function needsReason(from: TaskStatus, to: TaskStatus): boolean {
  return from === 'COMPLETED' && to === 'RUNNING'
}

export function transitionVerb(from: TaskStatus, to: TaskStatus): string {
  return to === 'RUNNING' ? startVerbs[from] : transitionWords[to].verb
}

export const directionLabels: Readonly<Record<Direction, string>> = {
  MINIMIZE: 'minimize',
  MAXIMIZE: 'maximize',
}

export const directionArrows: Readonly<Record<Direction, string>> = { MINIMIZE: '↓', MAXIMIZE: '↑' }

export const samplingLabels: Readonly<Record<SamplingMethod, string>> = {
  RANDOM: 'Random',
  SOBOL: 'Sobol sequence',
  LATIN_HYPERCUBE: 'Latin hypercube',
}
