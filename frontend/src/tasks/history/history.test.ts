import { describe, expect, it } from 'vitest'
import type { VersionPartsFragment } from '../../gql/graphql'
import { shortId } from '../useTaskNames'
import { changeLines, lineText, type ToldChange } from './changes'
import { factsOf } from './facts'
import { lookOf, lookSearch, validateLook } from './look'
import { planRevert } from './revert'
import { inFieldOrder, versionTitle } from './words'

const told = (change: ToldChange) => changeLines(change, shortId).map(lineText)

const temperature = { name: 'temperature', type: 'float', low: 20, high: 80, step: null, log: false }
const solvent = { name: 'solvent', type: 'categorical', choices: ['THF', 'DMF', 'dioxane'] }
const sum = { terms: [{ parameter: 'a', coefficient: 1 }, { parameter: 'b', coefficient: 1 }], atMost: 1 } // biome-ignore format: one line

describe('changeLines', () => {
  it('tells a parameter space parameter by parameter, however it was told', () => {
    const change = {
      field: 'parameterSpace',
      old: { parameters: [temperature, solvent], constraints: [sum] },
      new: [
        { ...temperature, high: 120, fixed: 100 },
        { ...solvent, choices: ['THF', 'DMF'] },
      ],
    }
    expect(told(change)).toEqual([
      'temperature: 20 to 80 → 20 to 120, fixed at 100',
      'solvent: THF · DMF · dioxane → THF · DMF',
      'Every point keeps: a + b ≤ 1 → none',
    ])
  })

  it('tells another list of candidates of the same length', () => {
    const space = (candidatesHash: string) => ({ parameters: [], candidateCount: 2, candidatesHash })
    const change = { field: 'parameterSpace', old: space('3fa9c1aa'), new: space('77b000aa') }
    expect(told(change)).toEqual(['Only these points: 2 candidates, list 3fa9c1 → 2 candidates, list 77b000'])
  })

  it('tells of an object only what differs, and nothing of what is not set', () => {
    const none = { maxTrials: null, patience: null }
    expect(told({ field: 'budget', old: none, new: { ...none, maxTrials: 60 } })).toEqual([
      'Trials in all: 60',
    ])
    expect(told({ field: 'metadata', old: { lab: { site: 'B12' } }, new: {} })).toEqual([
      'Metadata lab site: B12 → none',
    ])
  })

  it('hides no difference behind the digits that are shown', () => {
    const change = { field: 'budget', old: { targetValue: 0.1234567 }, new: { targetValue: 0.1234568 } }
    expect(told(change)).toEqual(['Target value: 0.1234567 → 0.1234568'])
    const order = { field: 'parameterSpace', old: [temperature, solvent], new: [solvent, temperature] }
    expect(told(order)).toEqual(['Parameter space: changed in its details'])
  })

  it('names tasks, and tells fields that it does not know', () => {
    const id = '8f40c498-9936-4a1a-98c2-1725fdc89e20'
    expect(told({ field: 'parentId', old: null, new: id })).toEqual(['Part of: task 8f40c498'])
    expect(changeLines({ field: 'parentId', new: id }, () => 'Suzuki')[0]?.fresh).toBe('Suzuki')
    expect(told({ field: 'newThing', old: { aB: 1 }, new: { aB: 2 } })).toEqual(['new thing a b: 1 → 2'])
  })
})

it('tells of a pruning rule only its own settings', () => {
  const pruning = { kind: 'MEDIAN', startupTrials: 5, warmupSteps: 0, minResource: 1, reductionFactor: 3 }
  const labels = (value: unknown) => factsOf('pruning', value, shortId).map(({ label }) => label)
  expect(labels(pruning)).toEqual(['Stopping early', 'Not before this many trials', 'Not up to step'])
  expect(labels({ ...pruning, kind: 'NONE' })).toEqual(['Stopping early'])
})

describe('versionTitle', () => {
  const version: VersionPartsFragment = {
    version: 7,
    at: '2026-01-01T00:00:00Z',
    actor: 'ana',
    kind: 'UPDATED',
    reason: null,
    revertedTo: null,
    changes: ['trialPolicy', 'parameterSpace', 'spaceVersion'].map((field) => ({ field, old: 1, new: 2 })),
  }

  it('says what was done', () => {
    expect(versionTitle(version)).toBe('Changed rules for trials and parameter space')
    expect(versionTitle({ ...version, revertedTo: 2 })).toBe('Went back to version 2')
    const changes = [{ field: 'status', old: 'RUNNING', new: 'PAUSED' }]
    expect(versionTitle({ ...version, kind: 'STATUS_CHANGED', changes })).toBe('Running → Paused')
  })
})

describe('planRevert', () => {
  const running = { status: 'RUNNING', startedAt: '2026-01-01T00:00:00Z' } as const
  const created = { status: 'CREATED', startedAt: null } as const

  it('leaves alone what is no setting', () => {
    const plan = planRevert(running, [{ field: 'status' }, { field: 'clonedFrom' }, { field: 'priority' }])
    expect(plan).toEqual({ changes: [{ field: 'priority' }], kept: ['Status', 'Cloned from'], obstacles: [] })
  })

  it('knows what is fixed once a task has been started', () => {
    const objectives = { field: 'objectives', old: [{ name: 'a' }], new: [{ name: 'b' }] }
    expect(planRevert(created, [objectives]).obstacles).toEqual([])
    expect(planRevert(running, [objectives]).obstacles).toHaveLength(1)
    expect(planRevert(running, [{ ...objectives, old: [] }]).obstacles).toEqual([])
    const design = (count: number) => ({ kind: 'GP', initialDesign: { method: 'SOBOL', count } })
    const strategy = { field: 'strategy', old: design(5), new: { ...design(5), kind: 'TPE' } }
    expect(planRevert(running, [strategy]).obstacles).toEqual([])
    expect(planRevert(running, [{ ...strategy, new: design(6) }]).obstacles).toHaveLength(1)
  })
})

describe('the address of a look', () => {
  it.each([{ version: 3 }, { at: '2026-01-31T12:00:00.000Z' }, { from: 7, to: 3 }, { revert: 2 }, {}])(
    'is read as it was written: %o',
    (search) => {
      expect(validateLook({ ...search, other: 1 })).toEqual(search)
      expect(lookSearch(lookOf(search))).toEqual(search)
    },
  )

  it('is empty where it makes no sense', () => {
    expect(validateLook({ version: 'x', from: 3, at: 'yesterday', revert: -1 })).toEqual({})
  })
})

it('tells what a task is before its small print', () => {
  const fields = ['pruning', 'unheard', 'name', 'budget'].map((field) => ({ field }))
  expect(inFieldOrder(fields).map(({ field }) => field)).toEqual(['name', 'budget', 'pruning', 'unheard'])
})
