import type { SortDirection, TaskSortKey, TaskStatus } from '../../gql/graphql'
import { isTaskStatus, statuses } from '../status'
import { isSortDirection, isSortKey, newestFirst } from './sort'

/** So that the address does not grow without end. */
const mostOpen = 40

/** The list's state in the address: only what differs from the plain list. */
export interface ListSearch {
  /** Words of the name, the description and the tags. */
  text?: string
  name?: string
  status?: TaskStatus[]
  /** At least one of these. */
  tag?: string[]
  owner?: string[]
  /** At least this. */
  priority?: number
  /** Only tasks without a parent. */
  roots?: true
  deleted?: true
  /** Tasks without a parent, each with what is below it. */
  tree?: true
  /** The tasks below which it is unfolded. */
  open?: string[]
  sort?: TaskSortKey
  direction?: SortDirection
}

export function validateListSearch(search: Record<string, unknown>): ListSearch {
  const result: ListSearch = {}
  const text = word(search.text)
  if (text) result.text = text
  const name = word(search.name)
  if (name) result.name = name
  const asked = Array.isArray(search.status) ? search.status : [search.status]
  const status = statuses.filter((one) => asked.filter(isTaskStatus).includes(one))
  if (status.length > 0) result.status = status
  const tag = words(search.tag)
  if (tag.length > 0) result.tag = tag
  const owner = words(search.owner)
  if (owner.length > 0) result.owner = owner
  if (isWhole32(search.priority)) result.priority = search.priority
  if (search.roots === true) result.roots = true
  if (search.deleted === true) result.deleted = true
  if (search.tree === true) {
    result.tree = true
    const open = words(search.open).slice(-mostOpen)
    if (open.length > 0) result.open = open
  }
  const by = isSortKey(search.sort) ? search.sort : newestFirst.by
  const direction = isSortDirection(search.direction) ? search.direction : newestFirst.direction
  if (by !== newestFirst.by || direction !== newestFirst.direction) {
    result.sort = by
    result.direction = direction
  }
  return result
}

/** Whether anything but the order and the looks differs from the plain list. */
export function isFiltered({
  sort: _,
  direction: __,
  tree: ___,
  open: ____,
  ...filters
}: ListSearch): boolean {
  return Object.keys(filters).length > 0
}

/** Unfolded below a task, or folded again. */
export function withOpen(search: ListSearch, taskId: string, on: boolean): ListSearch {
  const { open = [], ...rest } = search
  const others = open.filter((id) => id !== taskId)
  const next = on ? [...others, taskId].slice(-mostOpen) : others
  return next.length > 0 ? { ...rest, open: next } : rest
}

// The router reads `?name=12` as a number.
function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function words(value: unknown): string[] {
  const given = Array.isArray(value) ? value : [value]
  return [...new Set(given.map(word).filter((one) => one !== ''))]
}

function isWhole32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value
}
