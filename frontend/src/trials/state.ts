import type { AttemptOutcome, TrialOrigin, TrialState } from '../gql/graphql'

export const trialStateLabels: Readonly<Record<TrialState, string>> = {
  WAITING: 'Waiting',
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  PRUNED: 'Pruned',
  INFEASIBLE: 'Infeasible',
  ABANDONED: 'Abandoned',
}

export const trialStateMeanings: Readonly<Record<TrialState, string>> = {
  WAITING: 'Planned, queued or put back: the next ask may take it.',
  RUNNING: 'A worker holds it.',
  COMPLETED: 'A result was told.',
  FAILED: 'The evaluation failed.',
  PRUNED: 'Stopped early.',
  INFEASIBLE: 'This point cannot be evaluated.',
  ABANDONED: 'Given up without a result.',
}

export const trialOriginLabels: Readonly<Record<TrialOrigin, string>> = {
  INITIAL_DESIGN: 'Initial design',
  STRATEGY: 'Strategy',
  CLIENT: 'Client',
  IMPORTED: 'Measured elsewhere',
}

export const attemptOutcomeLabels: Readonly<Record<AttemptOutcome, string>> = {
  COMPLETED: 'told the result',
  FAILED: 'failed',
  PRUNED: 'stopped early',
  INFEASIBLE: 'found the point infeasible',
  EXPIRED: 'lost: the lease ran out',
  RELEASED: 'gave it back',
  SUPERSEDED: 'another’s result counted first',
}
