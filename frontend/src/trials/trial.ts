import type { TaskEventsSubscription, TrialOrigin, TrialRowFragment, TrialState } from '../gql/graphql'

/** One trial as the page keeps it: what the server last said, by query or by event. */
export interface Trial {
  readonly number: number
  readonly state: TrialState
  readonly origin: TrialOrigin | undefined
  /** Undefined while only an event about the trial was seen, not the trial itself. */
  readonly point: Readonly<Record<string, unknown>> | undefined
  readonly values: ReadonlyMap<string, number>
  readonly failureReason: string | undefined
  readonly worker: string | undefined
  readonly late: boolean
  readonly startedAt: string | undefined
  readonly finishedAt: string | undefined
  /** The task's sequence up to which this is known to be true. */
  readonly sequence: number
}

export type EventParts = TaskEventsSubscription['taskEvents']
export type TrialEvent = Extract<EventParts, { __typename: 'TrialCreated' | 'TrialStateChanged' }>

export function isTrialEvent(event: EventParts): event is TrialEvent {
  return event.__typename === 'TrialCreated' || event.__typename === 'TrialStateChanged'
}

const noValues: ReadonlyMap<string, number> = new Map()

export function valuesByObjective(
  values: readonly { objective: string; value: number }[],
): ReadonlyMap<string, number> {
  return values.length === 0 ? noValues : new Map(values.map(({ objective, value }) => [objective, value]))
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

export function trialFromRow(row: TrialRowFragment, sequence: number): Trial {
  return {
    number: row.number,
    state: row.state,
    origin: row.origin,
    point: row.point,
    values: valuesByObjective(row.values),
    failureReason: row.failureReason ?? undefined,
    worker: row.worker ?? undefined,
    late: row.late,
    startedAt: row.startedAt ?? undefined,
    finishedAt: row.finishedAt ?? undefined,
    sequence,
  }
}

/** A queried row meets what events already told: the newer word on the state wins, gaps are filled from the row. */
export function mergeRow(known: Trial | undefined, row: TrialRowFragment, sequence: number): Trial {
  const fresh = trialFromRow(row, sequence)
  if (!known || known.sequence <= sequence) return fresh
  return {
    ...known,
    origin: known.origin ?? fresh.origin,
    point: known.point ?? fresh.point,
    late: known.late || fresh.late,
    startedAt: known.startedAt ?? fresh.startedAt,
  }
}

/** The trial after an event; the same object if it already knew. */
export function applyTrialEvent(known: Trial | undefined, event: TrialEvent): Trial {
  if (known && known.sequence >= event.sequence) return known
  return event.__typename === 'TrialCreated' ? applyCreated(known, event) : applyStateChanged(known, event)
}

function applyCreated(
  known: Trial | undefined,
  event: Extract<TrialEvent, { __typename: 'TrialCreated' }>,
): Trial {
  return {
    number: event.trialNumber,
    state: event.state,
    origin: event.origin,
    point: event.point,
    values: known?.values ?? noValues,
    failureReason: undefined,
    worker: event.worker ?? undefined,
    late: false,
    startedAt: event.state === 'RUNNING' ? event.at : undefined,
    finishedAt: hasEnded[event.state] ? event.at : undefined,
    sequence: event.sequence,
  }
}

function applyStateChanged(
  known: Trial | undefined,
  event: Extract<TrialEvent, { __typename: 'TrialStateChanged' }>,
): Trial {
  const { toState, fromState } = event
  const ended = hasEnded[toState]
  return {
    number: event.trialNumber,
    state: toState,
    origin: known?.origin,
    point: known?.point,
    values: ended ? valuesByObjective(event.values) : noValues,
    failureReason: ended ? (event.reason ?? undefined) : undefined,
    worker: event.worker ?? (ended ? known?.worker : undefined),
    late: (known?.late ?? false) || (fromState === 'ABANDONED' && toState === 'COMPLETED'),
    startedAt: toState === 'RUNNING' ? event.at : ended ? known?.startedAt : undefined,
    finishedAt: ended ? event.at : undefined,
    sequence: event.sequence,
  }
}
