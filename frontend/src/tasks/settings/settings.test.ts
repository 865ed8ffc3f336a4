import { describe, expect, it } from 'vitest'
import type { TaskDetailFragment } from '../../gql/graphql'
import { localMoment, newConstraint, newSettings, type SettingsDraft, settingsOf } from './drafts'
import { parsePriority, toBudget, toPolicy, toSettings } from './toSettings'
import { policySentences, pruningSentence } from './words'

const settings = {
  priority: 7,
  owner: 'ana',
  labels: ['xrd', 'furnace'],
  budget: {
    maxTrials: 40,
    maxRunning: null,
    maxShare: 0.07,
    deadline: '2026-03-01T12:30:00.000000Z',
    targetValue: 1e-9,
    patience: null,
    minExpectedImprovement: 0.25,
    maxFailures: 30,
    maxConsecutiveFailures: null,
  },
  trialPolicy: {
    leaseSeconds: 90,
    lateResults: 'ATTACH',
    maxAttempts: 5,
    retryOn: 'LISTED_FAILURES',
    retryKinds: ['timeout', 'leak'],
    backoffSeconds: 10,
    maxBackoffSeconds: 3_600,
  },
  pruning: { kind: 'MEDIAN', startupTrials: 5, warmupSteps: 2, minResource: 1, reductionFactor: 3 },
  constraints: [{ name: 'cost', atMost: 5, atLeast: null }],
} satisfies Partial<TaskDetailFragment>

function changed(part: Partial<SettingsDraft>): SettingsDraft {
  return { ...newSettings(), ...part }
}

function problemsOf(draft: SettingsDraft): string[] {
  const paths: string[] = []
  toSettings(draft, (path) => paths.push(path))
  return paths
}

describe('toSettings', () => {
  it('sends nothing of what was left as it is', () => {
    expect(toSettings(newSettings(), () => {})).toEqual({})
  })

  it('is what the draft of a task was made of', () => {
    const { budget, trialPolicy, ...rest } = toSettings(settingsOf(settings as never), () => {})
    expect(budget).toEqual({
      maxTrials: 40,
      maxShare: 0.07,
      deadline: '2026-03-01T12:30:00.000Z',
      targetValue: 1e-9,
      minExpectedImprovement: 0.25,
      maxFailures: 30,
    })
    expect(trialPolicy).toEqual(settings.trialPolicy)
    expect(rest).toEqual({
      pruning: { kind: 'MEDIAN', startupTrials: 5, warmupSteps: 2 },
      constraints: settings.constraints,
      labels: ['xrd', 'furnace'],
      priority: 7,
      owner: 'ana',
    })
  })

  it('says what is wrong at the paths that the server uses', () => {
    const { budget, policy, pruning, queue } = newSettings()
    const draft = changed({
      budget: {
        ...budget,
        maxTrials: '0',
        maxRunning: '1.5',
        maxShare: '120',
        targetValue: 'low',
        minExpectedImprovement: '0',
        maxFailures: '0',
        maxConsecutiveFailures: '2.5',
      },
      policy: { ...policy, lease: 'long', retryOn: 'LISTED_FAILURES', maxAttempts: 'x' },
      pruning: { ...pruning, kind: 'SUCCESSIVE_HALVING', reductionFactor: '1', startupTrials: 'unseen' },
      constraints: [
        newConstraint(),
        { ...newConstraint(), name: 'cost', atLeast: '5', atMost: '2' },
        { ...newConstraint(), name: 'cost', atMost: '1' },
      ],
      queue: { ...queue, priority: '1.5' },
    })
    expect([...new Set(problemsOf(draft))].sort()).toEqual([
      'budget.maxConsecutiveFailures',
      'budget.maxFailures',
      'budget.maxRunning',
      'budget.maxShare',
      'budget.maxTrials',
      'budget.minExpectedImprovement',
      'budget.targetValue',
      'constraints.0.atLeast',
      'constraints.0.name',
      'constraints.1.atMost',
      'constraints.2.name',
      'priority',
      'pruning.reductionFactor',
      'trialPolicy.leaseSeconds',
      'trialPolicy.maxAttempts',
      'trialPolicy.retryKinds',
    ])
  })
})

it('writes a moment so that the field reads the same one', () => {
  expect(localMoment(new Date(2026, 2, 1, 14, 30))).toBe('2026-03-01T14:30')
  expect(localMoment(new Date(2026, 2, 1, 0, 5, 7, 250))).toBe('2026-03-01T00:05:07.250')
  expect(localMoment(new Date(2026, 2, 1, 0, 0, 7))).toBe('2026-03-01T00:00:07')
  for (const moment of ['2026-03-01T12:00:00.000Z', '2026-07-31T23:59:59.999Z']) {
    expect(new Date(localMoment(new Date(moment))).toISOString()).toBe(moment)
  }
})

it('clears the bounds that were emptied', () => {
  expect(toBudget(newSettings().budget, () => {})).toEqual({
    maxTrials: null,
    maxRunning: null,
    maxShare: null,
    deadline: null,
    targetValue: null,
    patience: null,
    minExpectedImprovement: null,
    maxFailures: null,
    maxConsecutiveFailures: null,
  })
  expect(toPolicy(newSettings().policy, () => {})).toEqual({})
})

it('reads priorities as whole numbers within the bounds', () => {
  expect(['0', ' −5 ', '1000000', '1000001', '1.5', '', 'high'].map(parsePriority)).toEqual([
    0,
    -5,
    1_000_000,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

describe('words', () => {
  it('tells the policy in sentences', () => {
    expect(policySentences(settings).slice(0, 2)).toEqual([
      'A worker that is silent for 1 min 30 s has lost its trial.',
      'A lost trial, or one that failed with timeout or leak, is tried again, 5 times in all, first after 10 s, then after twice as long each time, at most 1 h.',
    ])
    const once = { ...settings.trialPolicy, maxAttempts: 1, retryOn: 'LOST_WORKERS' } as const
    expect(policySentences({ trialPolicy: once })[1]).toBe('No trial is tried a second time.')
    const atOnce = { ...once, maxAttempts: 3, backoffSeconds: 0 }
    expect(policySentences({ trialPolicy: atOnce })[1]).toBe('A lost trial is tried again, 3 times in all.')
  })

  it('tells when trials are stopped early', () => {
    expect(pruningSentence(settings)).toMatch(/Not before 5 trials are completed, and not up to step 2\.$/)
  })
})
