import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrialRowFragment } from '../gql/graphql'
import type { EventParts, TrialEvent } from './trial'
import { TrialStore } from './trialStore'

const base = { cursor: 'c', taskId: 't', version: 1, actor: 'worker-1', at: '2026-01-01T00:00:00Z' } as const
const inFiveMinutes = '2026-01-01T00:05:00Z'

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
    inSpace: true,
    worker: 'worker-1',
    leaseToken: 1,
    leaseExpiresAt: inFiveMinutes,
    values: [],
    metrics: [],
  }
}

type StateChanged = Extract<TrialEvent, { __typename: 'TrialStateChanged' }>

function changed(
  sequence: number,
  trialNumber: number,
  toState: TrialRowFragment['state'],
  value?: number,
  part: Partial<StateChanged> = {},
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
    leaseToken: 1,
    leaseExpiresAt: null,
    availableAt: null,
    late: false,
    executedPoint: null,
    inSpace: true,
    values: measured(value),
    metrics: [],
    reason: null,
    ...part,
  }
}

function row(
  number: number,
  state: TrialRowFragment['state'],
  value?: number,
  part: Partial<TrialRowFragment> = {},
): TrialRowFragment {
  return {
    number,
    state,
    origin: 'STRATEGY',
    proposal: null,
    point: { x: number },
    executedPoint: null,
    values: measured(value),
    metrics: [],
    failureReason: null,
    worker: 'worker-1',
    lease: null,
    attempts: [{ token: 1 }],
    availableAt: null,
    late: false,
    inSpace: true,
    excluded: false,
    exclusionReason: null,
    corrections: [],
    attachedResults: [],
    createdAt: base.at,
    startedAt: base.at,
    finishedAt: null,
    ...part,
  }
}

function measured(value?: number) {
  return value === undefined ? [] : [{ objective: 'y', value, standardDeviation: null }]
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(Date.parse(base.at))
})
afterEach(() => void vi.useRealTimers())

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

  it('knows from a row that a trial lies outside of another space, and forgets it by none of its events', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1)])
    expect(store.find(1)?.inSpace).toBe(true)
    store.addRows([row(1, 'RUNNING', undefined, { inSpace: false })], 5)
    store.applyEvents([changed(6, 1, 'COMPLETED', 7, { inSpace: false })])
    expect(store.find(1)?.inSpace).toBe(false)
  })

  it('takes the executed point in the place of the planned one, which it keeps', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1)])
    const executed = { executedPoint: { x: 1.5 }, inSpace: false }
    store.applyEvents([changed(6, 1, 'COMPLETED', 7, executed)])
    expect(store.find(1)).toMatchObject({ point: { x: 1.5 }, planned: { x: 1 }, inSpace: false })
    store.addRows([row(2, 'COMPLETED', 3, executed)], 7)
    expect(store.find(2)).toMatchObject({ point: { x: 1.5 }, planned: { x: 2 } })
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
    store.applyEvents([created(2, 1), changed(3, 1, 'WAITING', undefined, { worker: null })])
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

  it('follows a lease from hand to hand', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1)])
    const first = store.find(1)
    expect(first?.lease).toMatchObject({ token: 1, worker: 'worker-1', expiresAt: Date.parse(inFiveMinutes) })
    store.applyEvents([
      changed(3, 1, 'WAITING', undefined, { worker: null, availableAt: '2026-01-01T00:06:00Z' }),
    ])
    expect(store.find(1)).toMatchObject({
      lease: undefined,
      availableAt: '2026-01-01T00:06:00Z',
      attempts: 1,
    })
    store.applyEvents([
      changed(4, 1, 'RUNNING', undefined, {
        worker: 'worker-2',
        leaseToken: 2,
        leaseExpiresAt: '2026-01-01T00:20:00Z',
      }),
    ])
    expect(store.find(1)).toMatchObject({ worker: 'worker-2', availableAt: undefined, attempts: 2 })
    expect(store.find(1)?.lease?.token).toBe(2)
    store.applyEvents([changed(5, 1, 'COMPLETED', 7, { worker: 'worker-2', leaseToken: 2, late: true })])
    expect(store.find(1)).toMatchObject({ lease: undefined, late: true, attempts: 2 })
  })

  it('renews the lease that is named, and no other', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1)])
    store.renewLease(1, 2, '2026-01-02T00:00:00Z')
    expect(store.find(1)?.lease?.expiresAt).toBe(Date.parse(inFiveMinutes))
    store.renewLease(1, 1, '2026-01-02T00:00:00Z')
    expect(store.find(1)?.lease?.expiresAt).toBe(Date.parse('2026-01-02T00:00:00Z'))
    store.renewLease(9, 1, '2026-01-02T00:00:00Z')
    expect(store.find(9)).toBeUndefined()
  })

  it('keeps the warning of a lease that is read again unchanged, and moves that of a renewed one', () => {
    const store = new TrialStore()
    store.applyEvents([created(2, 1)])
    const { warnAt } = store.find(1)?.lease ?? {}
    vi.setSystemTime(Date.parse('2026-01-01T00:04:50Z'))
    const lease = { token: 1, worker: 'worker-1', expiresAt: inFiveMinutes }
    store.addRows([row(1, 'RUNNING', undefined, { lease })], 2)
    expect(store.find(1)?.lease?.warnAt).toBe(warnAt)
    store.addRows(
      [row(1, 'RUNNING', undefined, { lease: { ...lease, expiresAt: '2026-01-01T00:09:50Z' } })],
      2,
    )
    expect(store.find(1)?.lease?.warnAt).toBe(Date.parse('2026-01-01T00:08:50Z'))
  })

  const part = { ...base, trialNumber: 1 } as const
  const excluded: EventParts = {
    ...part,
    __typename: 'TrialExcluded',
    kind: 'TRIAL_EXCLUDED',
    sequence: 5,
    exclusionReason: 'spilled',
  }

  it('excludes, includes, corrects and attaches', () => {
    const store = new TrialStore()
    store.addRows([row(1, 'COMPLETED', 3)], 4)
    store.applyEvents([excluded])
    expect(store.find(1)).toMatchObject({ excluded: true, exclusionReason: 'spilled' })
    store.applyEvents([
      {
        ...part,
        __typename: 'TrialIncluded',
        kind: 'TRIAL_INCLUDED',
        sequence: 6,
        inclusionReason: 'was not',
      },
      {
        ...part,
        __typename: 'TrialCorrected',
        kind: 'TRIAL_CORRECTED',
        sequence: 7,
        oldValues: measured(3),
        newValues: [{ objective: 'y', value: 4, standardDeviation: 0.5 }],
        correctionReason: 'typo',
      },
      {
        ...part,
        __typename: 'TrialResultAttached',
        kind: 'RESULT_ATTACHED',
        sequence: 8,
        worker: 'worker-9',
        attachedToken: 1,
        values: measured(5),
      },
    ])
    const trial = store.find(1)
    expect(trial).toMatchObject({
      excluded: false,
      exclusionReason: undefined,
      corrected: true,
      attached: true,
    })
    expect([trial?.values.get('y'), trial?.deviations.get('y')]).toEqual([4, 0.5])
  })

  it('reads a trial again of which it missed an event, before it knew the trial', () => {
    const store = new TrialStore()
    store.applyEvents([excluded])
    expect(states(store)).toEqual([])
    store.addRows([row(1, 'COMPLETED', 3)], 4)
    expect(store.find(1)).toMatchObject({ excluded: false, partial: true })
    expect(store.sequence).toBe(5)
    store.addRows([row(1, 'COMPLETED', 3, { excluded: true })], store.sequence)
    expect(store.find(1)).toMatchObject({ excluded: true, partial: false })
  })

  it('knows the names of all metrics', () => {
    const store = new TrialStore()
    const metric = (name: string) => ({ metrics: [{ name, value: 1 }] })
    store.addRows([row(1, 'COMPLETED', 1, metric('purity')), row(2, 'COMPLETED', 1)], 4)
    store.applyEvents([created(5, 3), changed(6, 3, 'COMPLETED', 2, metric('mass'))])
    expect(store.getSnapshot().metricNames).toEqual(['purity', 'mass'])
  })
})
