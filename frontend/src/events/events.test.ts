import { describe, expect, it } from 'vitest'
import type { EventParts } from '../trials/trial'
import { mergeEvents } from './eventLog'
import { details, sentence } from './sentence'

const base = { cursor: 'c', taskId: 't', version: 1, actor: 'ana', at: '2026-01-01T00:00:00Z' } as const

function status(sequence: number): EventParts {
  return {
    ...base,
    __typename: 'TaskStatusChanged',
    kind: 'STATUS_CHANGED',
    sequence,
    from: 'RUNNING',
    to: 'PAUSED',
    reason: 'lunch',
  }
}

type StateChanged = Extract<EventParts, { __typename: 'TrialStateChanged' }>

function moved(part: Partial<StateChanged>): EventParts {
  return {
    ...base,
    __typename: 'TrialStateChanged',
    kind: 'TRIAL_STATE_CHANGED',
    sequence: 1,
    trialNumber: 12,
    fromState: 'RUNNING',
    toState: 'COMPLETED',
    worker: 'worker-3',
    leaseToken: 1,
    leaseExpiresAt: null,
    availableAt: null,
    late: false,
    executedPoint: null,
    inSpace: true,
    values: [],
    metrics: [],
    reason: null,
    ...part,
  }
}

const toughness = (value: number, standardDeviation: number | null = null) => [
  { objective: 'toughness', value, standardDeviation },
]

describe('sentence', () => {
  it('tells a result with its value and worker', () => {
    expect(sentence(moved({ values: toughness(31.2) }))).toBe(
      'Trial 12 completed: toughness = 31.2 by worker-3',
    )
    expect(sentence(moved({ values: toughness(31.2, 0.4), late: true }))).toBe(
      'Trial 12 completed late: toughness = 31.2 ± 0.4 by worker-3',
    )
  })

  it('tells who gets a trial, and why it comes back', () => {
    expect(sentence(moved({ toState: 'RUNNING', leaseToken: 1 }))).toBe('Trial 12 handed out to worker-3')
    expect(sentence(moved({ toState: 'RUNNING', leaseToken: 2 }))).toBe(
      'Trial 12 handed out to worker-3, attempt 2',
    )
    expect(sentence(moved({ toState: 'WAITING', reason: 'the lease expired' }))).toBe(
      'Trial 12 waits again: the lease expired',
    )
  })

  it('tells what people do with results', () => {
    const trial = { ...base, sequence: 1, trialNumber: 12 }
    expect(
      sentence({ ...trial, __typename: 'TrialExcluded', kind: 'TRIAL_EXCLUDED', exclusionReason: 'spilled' }),
    ).toBe('Trial 12 left out: spilled')
    expect(
      sentence({
        ...trial,
        __typename: 'TrialCorrected',
        kind: 'TRIAL_CORRECTED',
        oldValues: toughness(3),
        newValues: toughness(30),
        correctionReason: 'typo',
      }),
    ).toBe('Trial 12 corrected: toughness = 3 → toughness = 30: typo')
    expect(
      sentence({
        ...trial,
        __typename: 'TrialResultAttached',
        kind: 'RESULT_ATTACHED',
        worker: 'worker-2',
        attachedToken: 1,
        values: toughness(3),
      }),
    ).toBe('Trial 12: a result of worker-2 that does not count is kept: toughness = 3')
  })

  it('tells of runners', () => {
    const claim = { ...base, sequence: 1, runner: 'runner-1', claimToken: 1 }
    expect(
      sentence({ ...claim, __typename: 'TaskClaimed', kind: 'CLAIMED', expiresAt: '2026-01-01T01:00:00Z' }),
    ).toBe('Claimed by runner-1')
    expect(
      sentence({ ...claim, __typename: 'TaskClaimEnded', kind: 'CLAIM_ENDED', reason: 'it was lost' }),
    ).toBe('runner-1 no longer has the task: it was lost')
  })

  it('tells of strategists', () => {
    const lease = { ...base, sequence: 1, strategist: 'botorch', claimToken: 1 }
    expect(
      sentence({
        ...lease,
        __typename: 'TaskStrategyClaimed',
        kind: 'STRATEGY_CLAIMED',
        expiresAt: '2026-01-01T01:00:00Z',
      }),
    ).toBe('botorch proposes the points')
    expect(
      sentence({
        ...lease,
        __typename: 'TaskStrategyReleased',
        kind: 'STRATEGY_RELEASED',
        reason: 'it was lost',
      }),
    ).toBe('botorch no longer proposes the points: it was lost')
    expect(
      sentence({ ...lease, __typename: 'TaskModelStateSaved', kind: 'MODEL_STATE_SAVED', bytes: 812 }),
    ).toBe('botorch saved a checkpoint (812 bytes)')
  })

  it('tells a status with its reason', () => {
    expect(sentence(status(1))).toBe('Running → Paused: lunch')
  })
})

it('tells of a change its fields, its reason, and of a changed object only what differs', () => {
  const event = {
    ...base,
    __typename: 'TaskUpdated',
    kind: 'UPDATED',
    sequence: 1,
    changes: [
      { field: 'budget', old: { maxTrials: 20, patience: null }, new: { maxTrials: 50, patience: null } },
      { field: 'priority', old: 0, new: 5 },
    ],
    reason: 'the boss asked',
    revertedTo: null,
  } as const satisfies EventParts
  expect(sentence(event)).toBe('Changed budget and priority: the boss asked')
  expect(sentence({ ...event, revertedTo: 3, reason: null })).toBe('Went back to version 3')
  expect(details(event)).toEqual(['Trials in all: 20 → 50', 'Priority: 0 → 5'])
})

describe('mergeEvents', () => {
  it('keeps each event once, newest first, and no more than the limit', () => {
    const merged = mergeEvents([status(3), status(1)], [status(2), status(3), status(4)], 3)
    expect(merged.map(({ sequence }) => sequence)).toEqual([4, 3, 2])
  })

  it('keeps only the last report of each trial', () => {
    const report = (sequence: number, trialNumber: number): EventParts => ({
      ...base,
      __typename: 'TrialReported',
      kind: 'TRIAL_REPORTED',
      sequence,
      trialNumber,
      step: sequence,
      values: [],
    })
    const merged = mergeEvents([report(4, 1), report(3, 2)], [report(5, 1), status(2), report(1, 2)])
    expect(merged.map(({ sequence }) => sequence)).toEqual([5, 3, 2])
  })

  it('is the same list when there is nothing new', () => {
    const known = [status(2), status(1)]
    expect(mergeEvents(known, [status(1)])).toBe(known)
  })
})
