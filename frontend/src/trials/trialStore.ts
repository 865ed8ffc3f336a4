import type { TrialRowFragment } from '../gql/graphql'
import { applyTrialEvent, type EventParts, isTrialEvent, mergeRow, type Trial } from './trial'

export interface TrialsSnapshot {
  /** By number, ascending. */
  readonly trials: readonly Trial[]
  /** Every trial that existed when the page was opened is here. */
  readonly complete: boolean
}

/**
 * The trials of one task in the page's memory, ordered by number. Rows and events may arrive in any order and
 * more than once. Readers get an immutable snapshot per change: a copy of an array of pointers, also with 100,000.
 */
export class TrialStore {
  private snapshot: TrialsSnapshot = { trials: [], complete: false }
  private readonly listeners = new Set<() => void>()

  readonly getSnapshot = (): TrialsSnapshot => this.snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  addRows(rows: readonly TrialRowFragment[], sequence: number): void {
    this.change((put) => {
      for (const row of rows) put(row.number, (known) => mergeRow(known, row, sequence))
    })
  }

  applyEvents(events: readonly EventParts[]): void {
    const trialEvents = events.filter(isTrialEvent)
    if (trialEvents.length === 0) return
    this.change((put) => {
      for (const event of trialEvents) put(event.trialNumber, (known) => applyTrialEvent(known, event))
    })
  }

  markComplete(): void {
    this.publish({ ...this.snapshot, complete: true })
  }

  clear(): void {
    this.publish({ trials: [], complete: false })
  }

  private change(
    write: (put: (number: number, next: (known: Trial | undefined) => Trial) => void) => void,
  ): void {
    const trials = [...this.snapshot.trials]
    const added = new Map<number, Trial>()
    write((number, next) => {
      const at = positionOf(trials, number)
      const known = trials[at]
      if (known?.number === number) trials[at] = next(known)
      else added.set(number, next(added.get(number)))
    })
    if (added.size > 0) {
      const inOrder = (trials.at(-1)?.number ?? 0) < Math.min(...added.keys())
      trials.push(...[...added.values()].sort(byNumber))
      if (!inOrder) trials.sort(byNumber)
    }
    this.publish({ ...this.snapshot, trials })
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
