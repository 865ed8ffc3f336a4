import { describe, expect, it } from 'vitest'
import type { EventParts } from '../trials/trial'
import { mergeEvents } from './eventLog'
import { sentence } from './sentence'

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

describe('sentence', () => {
  it('tells a result with its value and worker', () => {
    expect(
      sentence({
        ...base,
        __typename: 'TrialStateChanged',
        kind: 'TRIAL_STATE_CHANGED',
        sequence: 1,
        trialNumber: 12,
        fromState: 'RUNNING',
        toState: 'COMPLETED',
        worker: 'worker-3',
        values: [{ objective: 'toughness', value: 31.2 }],
        reason: null,
      }),
    ).toBe('Trial 12 completed: toughness = 31.2 by worker-3')
  })

  it('tells a status with its reason', () => {
    expect(sentence(status(1))).toBe('Running → Paused: lunch')
  })
})

describe('mergeEvents', () => {
  it('keeps each event once, newest first, and no more than the limit', () => {
    const merged = mergeEvents([status(3), status(1)], [status(2), status(3), status(4)], 3)
    expect(merged.map(({ sequence }) => sequence)).toEqual([4, 3, 2])
  })

  it('is the same list when there is nothing new', () => {
    const known = [status(2), status(1)]
    expect(mergeEvents(known, [status(1)])).toBe(known)
  })
})
