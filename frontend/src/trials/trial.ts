import type {
  MeasuredPartsFragment,
  TaskEventsSubscription,
  TrialOrigin,
  TrialRowFragment,
  TrialState,
} from '../gql/graphql'
import { type Lease, leaseUntil } from './lease'

/** One trial as the page keeps it: what the server last said, by query or by event. */
export interface Trial {
  readonly number: number
  readonly state: TrialState
  readonly origin: TrialOrigin | undefined
  /** What chose its point; undefined if a client did, or while only events were seen, which do not tell. */
  readonly proposal: TrialRowFragment['proposal'] | undefined
  /** What was tried, or is to be; undefined while only an event about the trial was seen, not the trial itself. */
  readonly point: Readonly<Record<string, unknown>> | undefined
  /** What was planned, where another point was executed. */
  readonly planned: Readonly<Record<string, unknown>> | undefined
  readonly values: ReadonlyMap<string, number>
  /** Standard deviations, of those objectives where they are known. */
  readonly deviations: ReadonlyMap<string, number>
  readonly metrics: ReadonlyMap<string, number>
  readonly failureReason: string | undefined
  readonly worker: string | undefined
  readonly lease: Lease | undefined
  /** How often it was handed out. */
  readonly attempts: number
  /** It waits, and is not handed out before. */
  readonly availableAt: string | undefined
  readonly late: boolean
  /** Whether its point lies in the space that the task has now; else it is kept, but cannot be the best. */
  readonly inSpace: boolean
  readonly excluded: boolean
  readonly exclusionReason: string | undefined
  readonly corrected: boolean
  /** Results that do not count are kept beside it. */
  readonly attached: boolean
  readonly startedAt: string | undefined
  readonly finishedAt: string | undefined
  /** The task's sequence up to which this is known to be true. */
  readonly sequence: number
  /** Events did not tell all of it: its row is read when it comes into view. */
  readonly partial: boolean
}

export type EventParts = TaskEventsSubscription['taskEvents']
type EventOf<Name extends EventParts['__typename']> = Extract<EventParts, { __typename: Name }>
export type TrialEvent = EventOf<
  | 'TrialCreated'
  | 'TrialStateChanged'
  | 'TrialReported'
  | 'TrialResultAttached'
  | 'TrialExcluded'
  | 'TrialIncluded'
  | 'TrialCorrected'
>

export function isTrialEvent(event: EventParts): event is TrialEvent {
  return 'trialNumber' in event
}

const noValues: ReadonlyMap<string, number> = new Map()

type Measured = Pick<MeasuredPartsFragment, 'objective' | 'value'> & Partial<MeasuredPartsFragment>

function measured(values: readonly Measured[]): Pick<Trial, 'values' | 'deviations'> {
  if (values.length === 0) return { values: noValues, deviations: noValues }
  const deviations = values.flatMap(({ objective, standardDeviation }) =>
    standardDeviation === null || standardDeviation === undefined
      ? []
      : [[objective, standardDeviation] as const],
  )
  return {
    values: new Map(values.map(({ objective, value }) => [objective, value])),
    deviations: deviations.length === 0 ? noValues : new Map(deviations),
  }
}

function byName(metrics: readonly { name: string; value: number }[]): ReadonlyMap<string, number> {
  return metrics.length === 0 ? noValues : new Map(metrics.map(({ name, value }) => [name, value]))
}

export const hasEnded: Readonly<Record<TrialState, boolean>> = {
  WAITING: false,
  RUNNING: false,
  COMPLETED: true,
  FAILED: true,
  PRUNED: true,
  INFEASIBLE: true,
  ABANDONED: true,
}

/** `now`: when the row was read, by the server's clock. */
export function trialFromRow(row: TrialRowFragment, sequence: number, now: number): Trial {
  return {
    number: row.number,
    state: row.state,
    origin: row.origin,
    proposal: row.proposal ?? undefined,
    point: row.executedPoint ?? row.point,
    planned: row.executedPoint ? row.point : undefined,
    ...measured(row.values),
    metrics: byName(row.metrics),
    failureReason: row.failureReason ?? undefined,
    worker: row.worker ?? undefined,
    lease: leaseOfRow(row, now),
    attempts: row.attempts.length,
    availableAt: row.availableAt ?? undefined,
    late: row.late,
    inSpace: row.inSpace,
    excluded: row.excluded,
    exclusionReason: row.exclusionReason ?? undefined,
    corrected: row.corrections.length > 0,
    attached: row.attachedResults.length > 0,
    startedAt: row.startedAt ?? undefined,
    finishedAt: row.finishedAt ?? undefined,
    sequence,
    partial: false,
  }
}

function leaseOfRow({ lease, startedAt }: TrialRowFragment, now: number): Lease | undefined {
  if (!lease) return undefined
  return leaseUntil(
    lease.token,
    lease.worker,
    lease.expiresAt,
    now,
    startedAt === null ? now : Date.parse(startedAt),
  )
}

/** A queried row meets what events already told: the newer word wins, gaps are filled from the row. */
export function mergeRow(
  known: Trial | undefined,
  row: TrialRowFragment,
  sequence: number,
  now: number,
): Trial {
  const fresh = trialFromRow(row, sequence, now)
  if (!known) return fresh
  if (known.sequence <= sequence) {
    // The same lease, read again, was first seen before: that is what its warning goes by.
    const same =
      known.lease?.token === fresh.lease?.token && known.lease?.expiresAt === fresh.lease?.expiresAt
    return same ? { ...fresh, lease: known.lease } : fresh
  }
  if (!known.partial) return known
  return {
    ...known,
    origin: known.origin ?? fresh.origin,
    proposal: known.proposal ?? fresh.proposal,
    point: known.point ?? fresh.point,
    planned: known.planned ?? fresh.planned,
    late: known.late || fresh.late,
    inSpace: fresh.inSpace,
    excluded: known.excluded || fresh.excluded,
    exclusionReason: known.exclusionReason ?? fresh.exclusionReason,
    corrected: known.corrected || fresh.corrected,
    attached: known.attached || fresh.attached,
    startedAt: known.startedAt ?? fresh.startedAt,
  }
}

/**
 * The trial after an event; the same object if it already knew. Undefined if an event that tells only of a part came
 * before anything else of the trial was seen.
 */
export function applyTrialEvent(known: Trial | undefined, event: TrialEvent): Trial | undefined {
  if (known && known.sequence >= event.sequence) return known
  if (event.__typename === 'TrialCreated') return applyCreated(event)
  if (event.__typename === 'TrialStateChanged') return applyStateChanged(known, event)
  return known && { ...known, ...changeBy(event), sequence: event.sequence }
}

function changeBy(event: Exclude<TrialEvent, EventOf<'TrialCreated' | 'TrialStateChanged'>>): Partial<Trial> {
  switch (event.__typename) {
    case 'TrialExcluded':
      return { excluded: true, exclusionReason: event.exclusionReason }
    case 'TrialIncluded':
      return { excluded: false, exclusionReason: undefined }
    case 'TrialCorrected':
      return { ...measured(event.newValues), corrected: true }
    case 'TrialResultAttached':
      return { attached: true }
    case 'TrialReported':
      // It renewed the lease, until when is not told.
      return {}
  }
}

function applyCreated(event: EventOf<'TrialCreated'>): Trial {
  const ended = hasEnded[event.state]
  return {
    number: event.trialNumber,
    state: event.state,
    origin: event.origin,
    proposal: undefined,
    point: event.point,
    planned: undefined,
    ...measured(event.values),
    metrics: byName(event.metrics),
    failureReason: undefined,
    worker: event.worker ?? undefined,
    lease: leaseOf(event),
    attempts: event.leaseToken ?? 0,
    availableAt: undefined,
    late: false,
    // With another space, all trials are read again.
    inSpace: event.inSpace,
    excluded: false,
    exclusionReason: undefined,
    corrected: false,
    attached: false,
    startedAt: event.state === 'RUNNING' ? event.at : undefined,
    finishedAt: ended ? event.at : undefined,
    sequence: event.sequence,
    // Why a result from elsewhere is none is not told, nor what chose a point.
    partial: (ended && event.state !== 'COMPLETED') || event.origin === 'STRATEGY',
  }
}

function applyStateChanged(known: Trial | undefined, event: EventOf<'TrialStateChanged'>): Trial {
  const { toState } = event
  const ended = hasEnded[toState]
  return {
    number: event.trialNumber,
    state: toState,
    origin: known?.origin,
    proposal: known?.proposal,
    point: event.executedPoint ?? known?.point,
    planned: event.executedPoint ? known?.point : known?.planned,
    ...measured(ended ? event.values : []),
    metrics: ended ? byName(event.metrics) : noValues,
    failureReason: ended ? (event.reason ?? undefined) : undefined,
    worker: event.worker ?? (ended ? known?.worker : undefined),
    lease: leaseOf(event),
    attempts: Math.max(known?.attempts ?? 0, event.leaseToken ?? 0),
    availableAt: toState === 'WAITING' ? (event.availableAt ?? undefined) : undefined,
    late: event.late,
    inSpace: event.inSpace,
    excluded: known?.excluded ?? false,
    exclusionReason: known?.exclusionReason,
    corrected: known?.corrected ?? false,
    attached: known?.attached ?? false,
    startedAt: toState === 'RUNNING' ? event.at : ended ? known?.startedAt : undefined,
    finishedAt: ended ? event.at : undefined,
    sequence: event.sequence,
    partial: known?.partial ?? true,
  }
}

function leaseOf(event: EventOf<'TrialCreated' | 'TrialStateChanged'>): Lease | undefined {
  const { leaseToken, leaseExpiresAt, worker, at } = event
  if (leaseToken === null || leaseExpiresAt === null) return undefined
  return leaseUntil(leaseToken, worker, leaseExpiresAt, Date.parse(at))
}
