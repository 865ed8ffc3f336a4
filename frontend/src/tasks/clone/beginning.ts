import type { CloneTaskInput, TaskDetailFragment } from '../../gql/graphql'
import { strategyTraits } from '../strategy/words'

/** What a clone begins with: the results of the other, nothing, or nothing but the same seed. */
export type Beginning = 'results' | 'anew' | 'same'

type ClonedTask = Pick<TaskDetailFragment, 'strategy' | 'trialCounts'>

/** What a clone of the task may begin with, the usual first. */
export function beginnings({ strategy, trialCounts }: ClonedTask): readonly Beginning[] {
  const learns = strategyTraits[strategy.kind].learns && trialCounts.completed > 0
  return learns ? ['results', 'anew', 'same'] : ['anew', 'same']
}

export function cloneInput(id: string, name: string, beginning: Beginning): CloneTaskInput {
  const given = name.trim()
  return {
    id,
    name: given === '' ? null : given,
    withResults: beginning === 'results',
    keepSeed: beginning === 'same',
  }
}
