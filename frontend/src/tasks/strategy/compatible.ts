import type { EarlierTaskFragment } from '../../gql/graphql'
import type { StrategyTask } from './StrategyEditor'

/** Why a task's results say nothing about this one; undefined if they may. */
export function incompatibility(earlier: EarlierTaskFragment, task: StrategyTask): string | undefined {
  const parameters = new Set((earlier.parameterSpace?.parameters ?? []).map(({ name }) => name))
  const objectives = new Set(earlier.objectives.map(({ name }) => name))
  const lacks = [
    ...task.parameters.filter((name) => !parameters.has(name)),
    ...task.objectives.filter((name) => !objectives.has(name)),
  ]
  if (lacks.length > 0) return `has no ${lacks.slice(0, 3).join(', ')}${lacks.length > 3 ? ', …' : ''}`
  return earlier.trialCounts.completed === 0 ? 'has no results' : undefined
}
