import { expect, it } from 'vitest'
import type { StrategyKind, TaskDetailFragment } from '../../gql/graphql'
import { beginnings, cloneInput } from './beginning'

const task = (kind: StrategyKind, completed: number) =>
  ({ strategy: { kind }, trialCounts: { completed } }) as Pick<TaskDetailFragment, 'strategy' | 'trialCounts'>

it('offers results to learn from only where there are some, and a strategy that learns', () => {
  expect(beginnings(task('AUTO', 3))).toEqual(['results', 'anew', 'same'])
  expect(beginnings(task('AUTO', 0))).toEqual(['anew', 'same'])
  expect(beginnings(task('SOBOL', 3))).toEqual(['anew', 'same'])
})

it('keeps the seed only where the same points are wanted', () => {
  const common = { id: 't', name: 'Again' }
  expect(cloneInput('t', ' Again ', 'results')).toEqual({ ...common, withResults: true, keepSeed: false })
  expect(cloneInput('t', 'Again', 'same')).toEqual({ ...common, withResults: false, keepSeed: true })
  expect(cloneInput('t', ' ', 'anew').name).toBeNull()
})
