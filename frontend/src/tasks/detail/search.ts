import { type LookSearch, lookOf, validateLook } from '../history/look'

/** The task page's state in the address: the part that is in view, and what is open in it, if anything is. */
export interface DetailSearch extends LookSearch {
  /** The overview where it is left out. */
  view?: 'history' | undefined
  trial?: number
}

export function validateDetailSearch(search: Record<string, unknown>): DetailSearch {
  const look = validateLook(search)
  if (search.view === 'history' || lookOf(look)) return { view: 'history', ...look }
  const trial = Number(search.trial)
  return Number.isSafeInteger(trial) && trial > 0 ? { trial } : {}
}
