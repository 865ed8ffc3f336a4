import { describe, expect, it } from 'vitest'
import type { StrategyPartsFragment } from '../../gql/graphql'
import { incompatibility } from './compatible'
import { newStrategy, type StrategyDraft, strategyOf } from './drafts'
import { settingsText } from './settingsText'
import { toStrategy } from './toStrategy'
import { reasonText } from './words'

function read(part: Partial<StrategyDraft>, objectives = ['yield', 'cost']) {
  const problems: string[] = []
  const strategy = toStrategy({ ...newStrategy(), ...part }, objectives, (path) => problems.push(path))
  return { strategy, problems }
}

const { gp, nsga2 } = newStrategy()

describe('toStrategy', () => {
  it('sends nothing but the kind if nothing was set', () => {
    expect(read({}).strategy).toEqual({ kind: 'AUTO' })
    expect(read({ kind: 'NSGA2' }).strategy).toEqual({ kind: 'NSGA2' })
  })

  it('sends the settings of the chosen kind only', () => {
    const set = {
      gp: { ...gp, acquisition: 'UCB', exploration: '2,5', startup: '8', noise: { cost: '0.1', gone: '3' } },
      tpe: { startup: '5', candidates: '' },
      grid: { values: '4' },
      timeLimit: '30',
      warmStart: [{ id: 'earlier', name: 'Earlier' }],
    } as const
    const learned = { timeLimitSeconds: 30, warmStart: ['earlier'] }
    const process = {
      acquisition: 'UCB',
      exploration: 2.5,
      startup: 8,
      noise: [{ objective: 'cost', deviation: 0.1 }],
    }
    expect(read({ ...set, kind: 'GP' }).strategy).toEqual({ kind: 'GP', ...learned, gp: process })
    expect(read({ ...set, kind: 'AUTO' }).strategy).toEqual({
      kind: 'AUTO',
      ...learned,
      gp: process,
      tpe: { startup: 5 },
    })
    expect(read({ ...set, kind: 'GRID' }).strategy).toEqual({ kind: 'GRID', grid: { values: 4 } })
    expect(read({ ...set, kind: 'SOBOL' }).strategy).toEqual({ kind: 'SOBOL' })
  })

  it('says what is wrong at the paths that the server uses', () => {
    expect(
      read({
        kind: 'GP',
        seed: '-1',
        timeLimit: '0',
        gp: { ...gp, acquisition: 'UCB', exploration: '101', startup: '1.5', noise: { cost: '-1' } },
      }).problems,
    ).toEqual([
      'strategy.seed',
      'strategy.timeLimitSeconds',
      'strategy.gp.noise.0.deviation',
      'strategy.gp.exploration',
      'strategy.gp.startup',
    ])
    expect(read({ kind: 'NSGA2', nsga2: { ...nsga2, crossover: '2', population: '3' } }).problems).toEqual([
      'strategy.nsga2.population',
      'strategy.nsga2.crossover',
    ])
  })
})

const strategy: StrategyPartsFragment = {
  kind: 'GP',
  seed: 7,
  initialDesign: { method: 'SOBOL', count: 5 },
  gp: { acquisition: 'PI', exploration: null, noise: [{ objective: 'yield', deviation: 0 }], startup: 9 },
  tpe: null,
  grid: null,
  nsga2: null,
  warmStart: ['earlier'],
  replicates: 3,
  timeLimitSeconds: 10,
}

it('makes a draft from a strategy, and the same strategy from the draft', () => {
  expect(read(strategyOf(strategy)).strategy).toEqual({
    kind: 'GP',
    seed: 7,
    initialDesign: { method: 'SOBOL', count: 5 },
    gp: { acquisition: 'PI', noise: [{ objective: 'yield', deviation: 0 }], startup: 9 },
    replicates: 3,
    warmStart: ['earlier'],
  })
})

it('tells what was set', () => {
  expect(settingsText(strategy)).toEqual([
    ['Next point by', 'Probability of improvement'],
    ['Points before the model', '9'],
    ['Error of yield', '± 0'],
    ['Trials per point', '3'],
  ])
})

it('knows which tasks have something to say', () => {
  const earlier = {
    id: 'e',
    name: 'Earlier',
    objectives: [{ name: 'yield', direction: 'MAXIMIZE' as const }],
    parameterSpace: { parameters: [{ name: 'x' }, { name: 'y' }] },
    trialCounts: { completed: 3 },
  }
  expect(incompatibility(earlier, { objectives: ['yield'], parameters: ['x'] })).toBeUndefined()
  expect(incompatibility(earlier, { objectives: ['cost'], parameters: ['x', 'z'] })).toBe('has no z, cost')
  const empty = { ...earlier, trialCounts: { completed: 0 } }
  expect(incompatibility(empty, { objectives: [], parameters: [] })).toBe('has no results')
})

it('tells reasons as sentences, without saying the strategy twice', () => {
  expect(reasonText('Gaussian process: 1 objective, 5 parameters; the front gains most here')).toBe(
    '1 objective, 5 parameters; the front gains most here.',
  )
  expect(reasonText('TPE, because there are too many results')).toBe('Because there are too many results.')
  expect(reasonText('fills the space evenly')).toBe('Fills the space evenly.')
  expect(reasonText('TPE')).toBe('TPE.')
})
