import type { Trial } from './trial'

/** A trial for tests, with nothing special about it but what is given. */
export function trialWith(number: number, part: Partial<Trial> = {}): Trial {
  return {
    number,
    state: 'COMPLETED',
    origin: 'STRATEGY',
    proposal: undefined,
    point: {},
    planned: undefined,
    values: new Map(),
    deviations: new Map(),
    metrics: new Map(),
    failureReason: undefined,
    worker: undefined,
    lease: undefined,
    attempts: 1,
    availableAt: undefined,
    late: false,
    inSpace: true,
    excluded: false,
    exclusionReason: undefined,
    corrected: false,
    attached: false,
    startedAt: undefined,
    finishedAt: undefined,
    sequence: 1,
    partial: false,
    ...part,
  }
}

export function completed(
  number: number,
  values: Readonly<Record<string, number>>,
  part: Partial<Trial> = {},
): Trial {
  return trialWith(number, { values: new Map(Object.entries(values)), ...part })
}
