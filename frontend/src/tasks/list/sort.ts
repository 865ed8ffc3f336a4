import type { SortDirection, TaskSortKey } from '../../gql/graphql'

export interface SortBy {
  readonly by: TaskSortKey
  readonly direction: SortDirection
}

/** What decides first, and what decides between those that are equal in it. */
export type ListSort = readonly [SortBy, ...SortBy[]]

/** The order in the address; further keys are texts such as `NAME` or, from the greatest on, `-PRIORITY`. */
export interface SortSearch {
  sort?: TaskSortKey
  direction?: SortDirection
  thenBy?: string[]
}

export const newestFirst: SortBy = { by: 'CREATED', direction: 'DESCENDING' }

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

export function sortOf(search: SortSearch): ListSort {
  const { sort = newestFirst.by, direction = newestFirst.direction, thenBy = [] } = search
  return [{ by: sort, direction }, ...thenBy.flatMap((text) => readKey(text) ?? [])]
}

/** Each key once, and nothing of the plain order. */
export function searchOfSort([first, ...others]: ListSort): SortSearch {
  const isPlain = first.by === newestFirst.by && first.direction === newestFirst.direction
  const further = others.filter(
    ({ by }, at) => by !== first.by && others.findIndex((other) => other.by === by) === at,
  )
  return {
    ...(!isPlain && { sort: first.by, direction: first.direction }),
    ...(further.length > 0 && {
      thenBy: further.map(({ by, direction }) => (direction === 'DESCENDING' ? `-${by}` : by)),
    }),
  }
}

function readKey(text: string): SortBy | undefined {
  const by = text.replace(/^-/, '')
  return isSortKey(by) ? { by, direction: by === text ? 'ASCENDING' : 'DESCENDING' } : undefined
}

function turned({ by, direction }: SortBy): SortBy {
  return { by, direction: opposite[direction] }
}

/** What decides first the other way round. */
export function turnedRound([first, ...others]: ListSort): ListSort {
  return [turned(first), ...others]
}

/** The order after a click on a column: by it alone, in the other direction, or else in this column's first one. */
export function sortAfterClick([first]: ListSort, by: TaskSortKey): ListSort {
  return [first.by === by ? turned(first) : { by, direction: sortWords[by].first }]
}

/** The order after a click with the shift key: by the column, too, or with its direction turned round. */
export function sortAfterShiftClick(sort: ListSort, by: TaskSortKey): ListSort {
  const [first, ...others] = sort
  if (!sort.some((key) => key.by === by)) return [...sort, { by, direction: sortWords[by].first }]
  const turn = (key: SortBy) => (key.by === by ? turned(key) : key)
  return [turn(first), ...others.map(turn)]
}
