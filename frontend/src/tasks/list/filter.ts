import type { TaskFilter, TaskStatus } from '../../gql/graphql'
import type { ListSearch } from './search'
import { type ListSort, newestFirst } from './sort'

/** Which tasks the list shows, and in which order; absent filters are empty. */
export interface ListFilter {
  readonly text: string
  readonly name: string
  readonly status: readonly TaskStatus[]
  readonly tags: readonly string[]
  readonly owners: readonly string[]
  readonly priority: number | null
  readonly roots: boolean
  readonly deleted: boolean
  /** Whether each task is shown with what is below it, and by itself only if it is below none. */
  readonly tree: boolean
  readonly sort: ListSort
}

export function filterOf(search: ListSearch): ListFilter {
  return {
    text: search.text ?? '',
    name: search.name ?? '',
    status: search.status ?? [],
    tags: search.tag ?? [],
    owners: search.owner ?? [],
    priority: search.priority ?? null,
    roots: search.roots ?? false,
    deleted: search.deleted ?? false,
    tree: isTree(search),
    sort: { by: search.sort ?? newestFirst.by, direction: search.direction ?? newestFirst.direction },
  }
}

/** Deleted tasks are no tree: what they were below may be there still. */
function isTree({ tree, deleted }: ListSearch): boolean {
  return tree === true && deleted !== true
}

/** The filter as the server takes it. */
export function requestOf(filter: ListFilter): TaskFilter {
  return {
    search: filter.text === '' ? null : filter.text,
    name: filter.name === '' ? null : { contains: filter.name },
    status: filter.status.length > 0 ? [...filter.status] : null,
    tags: filter.tags.length > 0 ? { any: [...filter.tags] } : null,
    owner: filter.owners.length > 0 ? [...filter.owners] : null,
    priority: filter.priority === null ? null : { min: filter.priority },
    root: filter.roots || filter.tree ? true : null,
    deleted: filter.deleted,
  }
}

/**
 * Whether the page can tell by itself which tasks are in the list, and where. Of every other list it asks the server
 * again after a change.
 */
export function isJudgedHere(filter: ListFilter): boolean {
  return (
    filter.text === '' &&
    filter.tags.length === 0 &&
    filter.owners.length === 0 &&
    filter.priority === null &&
    !filter.roots &&
    !filter.tree &&
    !filter.deleted &&
    filter.sort.by === newestFirst.by &&
    filter.sort.direction === newestFirst.direction
  )
}
