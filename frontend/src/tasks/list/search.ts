import type { MetadataFilter, TaskFilter, TaskStatus, TrialCountFilter } from '../../gql/graphql'
import { isTaskStatus, statuses } from '../status'
import { isMoment, isNumber, isWhole, validBounds } from './bounds'
import { type ColumnKey, columnKeys } from './columnKeys'
import { isSortDirection, isSortKey, newestFirst, type SortSearch, searchOfSort, sortOf } from './sort'

/** So that the address does not grow without end. */
const mostOpen = 40

/** The list's state in the address: only what differs from the plain list. Bounds are texts such as `4..9`. */
export interface ListSearch extends SortSearch {
  /** Words of the name, the description and the tags. */
  text?: string
  name?: string
  status?: TaskStatus[]
  /** At least one of these. */
  tag?: string[]
  allTags?: string[]
  noTags?: string[]
  owner?: string[]
  priority?: string
  best?: string
  created?: string
  updated?: string
  started?: string
  finished?: string
  trials?: TrialCountFilter[]
  parameter?: string[]
  metadata?: MetadataFilter[]
  /** The id of the task that they are the children of. */
  parent?: string
  /** The id of a task that is somewhere above them. */
  ancestor?: string
  /** Only tasks without a parent. */
  roots?: true
  /** Further conditions, in the words of the server. */
  where?: TaskFilter
  deleted?: true
  /** Tasks without a parent, each with what is below it. */
  tree?: true
  /** The tasks below which it is unfolded. */
  open?: string[]
  /** What is shown of each task; absent, what is usual. */
  columns?: ColumnKey[]
  /** The id of the saved view that is open. */
  view?: string
  /** Whether all the rest is said here, and not by the view. */
  edited?: true
}

export function validateListSearch(search: Record<string, unknown>): ListSearch {
  const asked = Array.isArray(search.status) ? search.status : [search.status]
  return withoutEmpty({
    text: word(search.text),
    name: word(search.name),
    status: statuses.filter((one) => asked.filter(isTaskStatus).includes(one)),
    tag: words(search.tag),
    allTags: words(search.allTags),
    noTags: words(search.noTags),
    owner: words(search.owner),
    priority: validBounds(word(search.priority), isWhole),
    best: validBounds(word(search.best), isNumber),
    created: validBounds(word(search.created), isMoment),
    updated: validBounds(word(search.updated), isMoment),
    started: validBounds(word(search.started), isMoment),
    finished: validBounds(word(search.finished), isMoment),
    trials: objects(search.trials) as TrialCountFilter[],
    parameter: words(search.parameter),
    metadata: objects(search.metadata).filter(hasPath) as MetadataFilter[],
    parent: word(search.parent),
    ancestor: word(search.ancestor),
    roots: search.roots === true,
    where: (objects(search.where)[0] ?? {}) as TaskFilter,
    deleted: search.deleted === true,
    tree: search.tree === true,
    open: search.tree === true ? words(search.open).slice(-mostOpen) : [],
    columns: columnKeys.filter((key) => words(search.columns).includes(key)),
    view: word(search.view),
    edited: word(search.view) !== '' && search.edited === true,
    ...validSort(search),
  })
}

function validSort(search: Record<string, unknown>): SortSearch {
  const sort = isSortKey(search.sort) ? search.sort : newestFirst.by
  const direction = isSortDirection(search.direction) ? search.direction : newestFirst.direction
  return searchOfSort(sortOf({ sort, direction, thenBy: words(search.thenBy) }))
}

type Given = { [Key in keyof ListSearch]: ListSearch[Key] | '' | false }

/** What says nothing stands nowhere: neither in the address nor in a saved view. */
export function withoutEmpty(given: Given): ListSearch {
  const said = Object.entries(given).filter(([, value]) => !isEmpty(value))
  return Object.fromEntries(said) as ListSearch
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === '' || value === false || value === undefined || value === null
}

/** Whether anything but the order and the looks differs from the plain list. */
export function isFiltered({
  sort: _,
  direction: __,
  thenBy: ___,
  tree: ____,
  open: _____,
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

/** Conditions in the words of the server, which judges what is in them. */
function objects(value: unknown): object[] {
  const given: unknown[] = Array.isArray(value) ? value : [value]
  return given.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one)) as object[]
}

function hasPath(filter: object): boolean {
  return 'path' in filter && Array.isArray(filter.path)
}
