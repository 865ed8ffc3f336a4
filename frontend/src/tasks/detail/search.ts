/** The task page's state in the address: the trial that is open, if any. */
export interface DetailSearch {
  trial?: number
}

export function validateDetailSearch(search: Record<string, unknown>): DetailSearch {
  const trial = Number(search.trial)
  return Number.isSafeInteger(trial) && trial > 0 ? { trial } : {}
}
