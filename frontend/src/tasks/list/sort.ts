import type { SortDirection, TaskSortKey } from '../../gql/graphql'

export interface ListSort {
  readonly by: TaskSortKey
  readonly direction: SortDirection
}

export const newestFirst: ListSort = { by: 'CREATED', direction: 'DESCENDING' }

interface SortWords {
  readonly label: string
  /** The direction that is wanted most often, and comes with the first click. */
  readonly first: SortDirection
  /** Whether trials, and not the task's own fields, decide the place. */
  readonly byTrials: boolean
}

export const sortWords: Readonly<Record<TaskSortKey, SortWords>> = {
  CREATED: { label: 'Created', first: 'DESCENDING', byTrials: false },
  UPDATED: { label: 'Updated', first: 'DESCENDING', byTrials: true },
  NAME: { label: 'Name', first: 'ASCENDING', byTrials: false },
  STATUS: { label: 'Status', first: 'ASCENDING', byTrials: false },
  PRIORITY: { label: 'Priority', first: 'DESCENDING', byTrials: false },
  BEST_VALUE: { label: 'Best value', first: 'DESCENDING', byTrials: true },
  PROGRESS: { label: 'Progress', first: 'DESCENDING', byTrials: true },
}

export const sortKeys = Object.keys(sortWords) as readonly TaskSortKey[]

export function isSortKey(value: unknown): value is TaskSortKey {
  return typeof value === 'string' && Object.hasOwn(sortWords, value)
}

const opposite: Readonly<Record<SortDirection, SortDirection>> = {
  ASCENDING: 'DESCENDING',
  DESCENDING: 'ASCENDING',
}

export function isSortDirection(value: unknown): value is SortDirection {
  return typeof value === 'string' && Object.hasOwn(opposite, value)
}

/** The order after a click on a column: the other direction, or this column's first one. */
export function sortAfterClick(sort: ListSort, by: TaskSortKey): ListSort {
  return { by, direction: sort.by === by ? opposite[sort.direction] : sortWords[by].first }
}
