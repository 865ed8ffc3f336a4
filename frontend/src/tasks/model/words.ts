import type { StrategyKind, TaskDetailFragment } from '../../gql/graphql'
import { strategyLabels, strategyTraits } from '../strategy/words'

/** What a coefficient of determination from cross-validation means. */
export function fitText(rSquared: number): string {
  if (rSquared >= 0.9) return 'predicts very well'
  if (rSquared >= 0.7) return 'predicts well'
  if (rSquared >= 0.4) return 'predicts roughly'
  if (rSquared > 0.1) return 'predicts poorly'
  return 'cannot predict yet'
}

type ModelTask = Pick<TaskDetailFragment, 'strategy' | 'trialCounts' | 'status'>

/** Why there is no model. `working` is the strategy that chose the last points, where the task leaves that open. */
export function noModelText({ strategy, trialCounts, status }: ModelTask, working?: StrategyKind): string {
  const kind = strategy.kind === 'AUTO' ? (working ?? 'AUTO') : strategy.kind
  if (kind === 'EXTERNAL') {
    return 'Your own program proposes the points of this task: its model is not known here.'
  }
  if (kind === 'TPE') {
    return 'TPE compares where good results lie with where the others do. It has no model that could be drawn.'
  }
  if (kind === 'NSGA2') {
    return 'NSGA-II breeds points from the best results. It has no model that could be drawn.'
  }
  if (!strategyTraits[strategy.kind].learns) {
    return `${strategyLabels[strategy.kind]} needs no model: it does not learn from the results.`
  }
  if (status === 'CREATED') return 'There is no model before there are results.'
  const { completed } = trialCounts
  const count =
    completed === 0 ? 'None has come yet' : completed === 1 ? 'One has come' : `${completed} have come`
  return `Not enough results yet. ${count}; until then the points fill the space, so that the model can learn from them.`
}
