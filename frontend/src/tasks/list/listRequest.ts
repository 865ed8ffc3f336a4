import {
  type ListedTaskFragment,
  TaskAncestorsDocument,
  type TaskFilter,
  TaskListDocument,
  type TaskListQueryVariables,
  TaskOrderDocument,
  type TaskOrderQuery,
} from '../../gql/graphql'
import { type Complete, request } from '../../graphql/request'
import type { TaskPage } from './applyTasks'
import type { ListSort } from './sort'

/** A list of tasks as the server is asked for it. */
export interface ListRequest {
  readonly filter: TaskFilter
  readonly sort: ListSort
  /** Whether it is also told what lies below each task. */
  readonly tree: boolean
}

/** Where a page begins, and how many tasks it has. */
export interface PagePlace {
  readonly after: string | null
  readonly first: number
}

export const pageSize = 100
/** The most rows that are read at once: what the server answers to one request is limited. */
export const mostRows = 400
/** The same of places alone. */
const mostPlaces = 1_000

const variablesOf = ({ filter, sort, tree }: ListRequest, { after, first }: PagePlace) =>
  ({ first, after, filter, sort: [...sort], tree }) satisfies TaskListQueryVariables

export async function readPage(list: ListRequest, place: PagePlace, signal?: AbortSignal): Promise<TaskPage> {
  const { tasks } = await request(TaskListDocument, variablesOf(list, place), signal)
  return { tasks: tasks.nodes, endCursor: tasks.pageInfo.endCursor, hasNextPage: tasks.pageInfo.hasNextPage }
}

/** Those of some tasks that there are, each as the list shows it. */
export async function readRows(
  ids: readonly string[],
  { deleted, tree }: { deleted: boolean; tree: boolean },
): Promise<ListedTaskFragment[]> {
  const found: ListedTaskFragment[] = []
  for (let at = 0; at < ids.length; at += mostRows) {
    const asked = ids.slice(at, at + mostRows)
    const sort = [{ by: 'CREATED', direction: 'ASCENDING' }] as const
    const list: ListRequest = { filter: { ids: asked, deleted }, sort, tree }
    found.push(...(await readPage(list, { after: null, first: asked.length })).tasks)
  }
  return found
}

/** The first `count` tasks of a list, of which only those are read that are not known as they are. */
export async function readAgain(
  list: ListRequest,
  count: number,
  known: ReadonlyMap<string, ListedTaskFragment>,
): Promise<TaskPage[]> {
  const { places, hasNextPage } = await readOrder(list, Math.max(count, pageSize))
  const changed = places.filter(({ node: { id, sequence } }) => (known.get(id)?.sequence ?? -1) < sequence)
  const fresh = await readRows(
    changed.map(({ node }) => node.id),
    { deleted: list.filter.deleted ?? false, tree: list.tree },
  )
  const rows = new Map([...known, ...fresh.map((task) => [task.id, task] as const)])
  const pages: TaskPage[] = []
  for (let at = 0; at === 0 || at < places.length; at += pageSize) {
    const page = places.slice(at, at + pageSize)
    pages.push({
      tasks: page.flatMap(({ node }) => rows.get(node.id) ?? []),
      endCursor: page.at(-1)?.cursor ?? null,
      hasNextPage: hasNextPage || at + pageSize < places.length,
    })
  }
  return pages
}

type Places = Complete<TaskOrderQuery>['tasks']['edges']

async function readOrder(
  { filter, sort }: ListRequest,
  count: number,
): Promise<{ places: Places; hasNextPage: boolean }> {
  const places: Places = []
  let after: string | null = null
  while (places.length < count) {
    const first = Math.min(count - places.length, mostPlaces)
    const { tasks }: Complete<TaskOrderQuery> = await request(TaskOrderDocument, {
      first,
      after,
      filter,
      sort: [...sort],
    })
    places.push(...tasks.edges)
    after = tasks.pageInfo.endCursor
    if (!tasks.pageInfo.hasNextPage) return { places, hasNextPage: false }
  }
  return { places, hasNextPage: true }
}

/** The tasks that some tasks are a part of. */
export async function readAncestors(ids: readonly string[]): Promise<string[]> {
  const { tasks } = await request(TaskAncestorsDocument, { first: ids.length, ids: [...ids] })
  return tasks.nodes.flatMap(({ ancestors }) => ancestors.map(({ id }) => id))
}
