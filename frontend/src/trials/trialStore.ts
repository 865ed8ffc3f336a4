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
 * more than once. Readers get an immutable snapshot per change, so a burst is one copy of an array of pointers.
 */
export class TrialStore {
  private readonly byNumber = new Map<number, Trial>()
  private snapshot: TrialsSnapshot = { trials: [], complete: false }
  private readonly listeners = new Set<() => void>()

  readonly getSnapshot = (): TrialsSnapshot => this.snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  addRows(rows: readonly TrialRowFragment[], sequence: number): void {
    this.change(() => {
      for (const row of rows) this.put(mergeRow(this.byNumber.get(row.number), row, sequence))
    })
  }

  applyEvents(events: readonly EventParts[]): void {
    if (!events.some(isTrialEvent)) return
    this.change(() => {
      for (const event of events) {
        if (isTrialEvent(event)) this.put(applyTrialEvent(this.byNumber.get(event.trialNumber), event))
      }
    })
  }

  markComplete(): void {
    this.snapshot = { ...this.snapshot, complete: true }
    this.notify()
  }

  clear(): void {
    this.byNumber.clear()
    this.snapshot = { trials: [], complete: false }
    this.notify()
  }

  private put(trial: Trial): void {
    this.byNumber.set(trial.number, trial)
  }

  private change(write: () => void): void {
    write()
    const trials = [...this.byNumber.values()].sort((a, b) => a.number - b.number)
    this.snapshot = { ...this.snapshot, trials }
    this.notify()
  }

  private notify(): void {
    for (const listener of this.listeners) listener()
  }
}
