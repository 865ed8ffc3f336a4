import type { Direction, SamplingMethod, StrategyKind, TaskStatus } from '../gql/graphql'

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
    meaning: 'Ends the task for good. Trials that still wait are abandoned.',
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
  COMPLETED: 'Start',
  FAILED: 'Retry',
}

export function transitionVerb(from: TaskStatus, to: TaskStatus): string {
  return to === 'RUNNING' ? startVerbs[from] : transitionWords[to].verb
}

export const directionLabels: Readonly<Record<Direction, string>> = {
  MINIMIZE: 'minimize',
  MAXIMIZE: 'maximize',
}

export const directionArrows: Readonly<Record<Direction, string>> = { MINIMIZE: '↓', MAXIMIZE: '↑' }

export const strategyLabels: Readonly<Record<StrategyKind, string>> = {
  RANDOM: 'Random',
  SOBOL: 'Sobol sequence',
  LATIN_HYPERCUBE: 'Latin hypercube',
  GRID: 'Grid',
  TPE: 'TPE',
  GP: 'Gaussian process',
  NSGA2: 'NSGA-II',
  AUTO: 'Automatic',
  EXTERNAL: 'External',
}

export const strategyMeanings: Readonly<Record<StrategyKind, string>> = {
  RANDOM: 'Each point is drawn at random from the parameter space. Simple, and a fair thing to compare with.',
  SOBOL:
    'Points spread evenly over the space, each in the largest gap left so far. Good when you can stop at any time.',
  LATIN_HYPERCUBE:
    'Every parameter’s range is cut into equal slices and each slice is used once. Good for screening with a fixed number of experiments.',
  GRID: 'Every combination of values, coarse to fine. For a few parameters with few values each.',
  TPE: 'More of what was good, less of what was bad. Quick; good with many choices and hundreds of results.',
  GP: 'A model of what is measured tells what to expect of each point. Needs the fewest experiments.',
  NSGA2: 'Generations of points, bred from the best. For several objectives and cheap experiments by the hundreds.',
  AUTO: 'The server chooses by the parameters, the objectives and the number of results, and says why.',
  EXTERNAL:
    'Your own program decides which points to try and adds them here; workers ask for them and tell results as usual.',
}

export const samplingLabels: Readonly<Record<SamplingMethod, string>> = {
  RANDOM: 'Random',
  SOBOL: 'Sobol sequence',
  LATIN_HYPERCUBE: 'Latin hypercube',
}
