import { describe, expect, it, vi } from 'vitest'
import type { TrialRowFragment } from '../gql/graphql'
import type { TrialEvent } from './trial'
import { TrialStore } from './trialStore'

const base = { cursor: 'c', taskId: 't', version: 1, actor: 'worker-1', at: '2026-01-01T00:00:00Z' } as const

function created(sequence: number, trialNumber: number): TrialEvent {
  return {
    ...base,
    __typename: 'TrialCreated',
    kind: 'TRIAL_CREATED',
    sequence,
    trialNumber,
    state: 'RUNNING',
    origin: 'STRATEGY',
    point: { x: trialNumber },
    worker: 'worker-1',
  }
}

function changed(
  sequence: number,
  trialNumber: number,
  toState: TrialRowFragment['state'],
  value?: number,
): TrialEvent {
  return {
    ...base,
    __typename: 'TrialStateChanged',
    kind: 'TRIAL_STATE_CHANGED',
    sequence,
    trialNumber,
    fromState: 'RUNNING',
    toState,
    worker: 'worker-1',
    values: value === undefined ? [] : [{ objective: 'y', value }],
    reason: null,
  }
}

function row(number: number, state: TrialRowFragment['state'], value?: number): TrialRowFragment {
  return {
    number,
    state,
    origin: 'STRATEGY',
    point: { x: number },
    values: value === undefined ? [] : [{ objective: 'y', value }],
    failureReason: null,
    worker: 'worker-1',
    late: false,
    createdAt: base.at,
    startedAt: base.at,
    finishedAt: null,
  }
}

const states = (store: TrialStore) =>
  store.getSnapshot().trials.map(({ number, state }) => `${number} ${state}`)

describe('TrialStore', () => {
  it('is the same after events that come twice', () => {
    const events = [created(2, 1), created(3, 2), changed(4, 1, 'COMPLETED', 7)]
    const once = new TrialStore()
    once.applyEvents(events)
    const twice = new TrialStore()
    twice.applyEvents(events)
    twice.applyEvents(events)
    twice.applyEvents(events.slice(1))
    expect(twice.getSnapshot()).toEqual(once.getSnapshot())
    expect(states(once)).toEqual(['1 COMPLETED', '2 RUNNING'])
    expect(once.getSnapshot().trials[0]?.values.get('y')).toBe(7)
  })

  it('does not go back to what an older event says', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1), changed(4, 1, 'COMPLETED', 7)])
    store.applyEvents([changed(3, 1, 'WAITING')])
    expect(states(store)).toEqual(['1 COMPLETED'])
  })

  it('keeps what an event told over a row that was read before it', () => {
    const store = new TrialStore()
    store.applyEvents([changed(9, 1, 'COMPLETED', 7)])
    expect(store.getSnapshot().trials[0]?.point).toBeUndefined()
    store.addRows([row(1, 'RUNNING')], 8)
    expect(states(store)).toEqual(['1 COMPLETED'])
    expect(store.getSnapshot().trials[0]?.point).toEqual({ x: 1 })
  })

  it('takes a row that was read after the event', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1)])
    store.addRows([row(1, 'COMPLETED', 3)], 5)
    expect(states(store)).toEqual(['1 COMPLETED'])
    store.applyEvents([changed(4, 1, 'WAITING')])
    expect(states(store)).toEqual(['1 COMPLETED'])
  })

  it('forgets worker and times when a trial is put back', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1), { ...changed(3, 1, 'WAITING'), worker: null } as TrialEvent])
    const [trial] = store.getSnapshot().trials
    expect(trial).toMatchObject({ state: 'WAITING', worker: undefined, startedAt: undefined })
  })

  it('orders by number whatever comes first, and tells its readers once per batch', () => {
    const store = new TrialStore()
    const heard = vi.fn()
    store.subscribe(heard)
    store.addRows([row(7, 'COMPLETED', 1), row(8, 'RUNNING')], 20)
    store.addRows([row(1, 'COMPLETED', 1), row(2, 'FAILED')], 20)
    expect(states(store)).toEqual(['1 COMPLETED', '2 FAILED', '7 COMPLETED', '8 RUNNING'])
    expect(heard).toHaveBeenCalledTimes(2)
  })
})
