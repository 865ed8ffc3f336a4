import type { TrialRowFragment } from '../gql/graphql'
import { serverNow } from '../ui/clock'
import { leaseUntil } from './lease'
import { applyTrialEvent, type EventParts, isTrialEvent, mergeRow, type Trial } from './trial'

export interface TrialsSnapshot {
  /** By number, ascending. */
  readonly trials: readonly Trial[]
  /** Every trial that existed when the page was opened is here. */
  readonly complete: boolean
  /** The names of all metrics that any trial has, in the order in which they were met. */
  readonly metricNames: readonly string[]
}

const nothing: TrialsSnapshot = { trials: [], complete: false, metricNames: [] }

/**
 * The trials of one task in the page's memory, ordered by number. Rows and events may arrive in any order and
 * more than once. Readers get an immutable snapshot per change: a copy of an array of pointers, also with 100,000.
 */
export class TrialStore {
  private snapshot = nothing
  private readonly listeners = new Set<() => void>()
  /** Trials of which only an event was seen that does not tell what they are. */
  private readonly missed = new Set<number>()
  private lastSequence = 0

  readonly getSnapshot = (): TrialsSnapshot => this.snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The latest event that is in here: what is read from now on is no older. */
  get sequence(): number {
    return this.lastSequence
  }

  addRows(rows: readonly TrialRowFragment[], sequence: number): void {
    const now = serverNow()
    this.lastSequence = Math.max(this.lastSequence, sequence)
    this.change((put) => {
      for (const row of rows) {
        const again = this.missed.delete(row.number)
        put(row.number, (known) => {
          const trial = mergeRow(known, row, sequence, now)
          // The event that was missed may be later than this row.
          return again && !trial.partial ? { ...trial, partial: true } : trial
        })
      }
    })
  }

  applyEvents(events: readonly EventParts[]): void {
    for (const { sequence } of events) this.lastSequence = Math.max(this.lastSequence, sequence)
    const trialEvents = events.filter(isTrialEvent)
    if (trialEvents.length === 0) return
    this.change((put) => {
      for (const event of trialEvents) {
        put(event.trialNumber, (known) => {
          const trial = applyTrialEvent(known, event)
          if (!trial) this.missed.add(event.trialNumber)
          return trial
        })
      }
    })
  }

  /** Renewing a lease makes no event: whoever renews it, or reads it, tells it here. */
  renewLease(number: number, token: number, expiresAt: string): void {
    const now = serverNow()
    this.change((put) => {
      put(number, (known) => {
        if (known?.lease?.token !== token) return known
        const startedAt = known.startedAt === undefined ? now : Date.parse(known.startedAt)
        return { ...known, lease: leaseUntil(token, known.lease.worker ?? null, expiresAt, now, startedAt) }
      })
    })
  }

  find(number: number): Trial | undefined {
    const { trials } = this.snapshot
    const trial = trials[positionOf(trials, number)]
    return trial?.number === number ? trial : undefined
  }

  markComplete(): void {
    this.publish({ ...this.snapshot, complete: true })
  }

  clear(): void {
    this.missed.clear()
    this.publish(nothing)
  }

  private change(
    write: (put: (number: number, next: (known: Trial | undefined) => Trial | undefined) => void) => void,
  ): void {
    const trials = [...this.snapshot.trials]
    const added = new Map<number, Trial>()
    const names = new Set(this.snapshot.metricNames)
    write((number, next) => {
      const at = positionOf(trials, number)
      const known = trials[at]
      const inPlace = known?.number === number
      const trial = next(inPlace ? known : added.get(number))
      if (!trial) return
      for (const name of trial.metrics.keys()) names.add(name)
      if (inPlace) trials[at] = trial
      else added.set(number, trial)
    })
    if (added.size > 0) {
      const inOrder = (trials.at(-1)?.number ?? 0) < Math.min(...added.keys())
      trials.push(...[...added.values()].sort(byNumber))
      if (!inOrder) trials.sort(byNumber)
    }
    const same = names.size === this.snapshot.metricNames.length
    this.publish({ ...this.snapshot, trials, ...(same ? {} : { metricNames: [...names] }) })
  }

  private publish(snapshot: TrialsSnapshot): void {
    this.snapshot = snapshot
    for (const listener of this.listeners) listener()
  }
}

function byNumber(a: Trial, b: Trial): number {
  return a.number - b.number
}

/** Where the trial with this number is, or would be. */
export function positionOf(trials: readonly Trial[], number: number): number {
  let low = 0
  let high = trials.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((trials[middle]?.number ?? Number.POSITIVE_INFINITY) < number) low = middle + 1
    else high = middle
  }
  return low
}
