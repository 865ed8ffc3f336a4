import {
  type ListedTaskFragment,
  type TaskFilter,
  TaskListDocument,
  type TaskListQueryVariables,
  TaskOrderDocument,
} from '../../gql/graphql'
import { request } from '../../graphql/request'
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

const variablesOf = ({ filter, sort, tree }: ListRequest, { after, first }: PagePlace) =>
  ({ first, after, filter, sort: [sort], tree }) satisfies TaskListQueryVariables

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
    const sort = { by: 'CREATED', direction: 'ASCENDING' } as const
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
): Promise<{ pages: TaskPage[]; places: PagePlace[] }> {
  const places: PagePlace[] = []
  const orders: { ids: string[]; endCursor: string | null; hasNextPage: boolean }[] = []
  const changed: string[] = []
  let after: string | null = null
  for (let left = Math.max(count, pageSize); left > 0; left -= mostRows) {
    const place: PagePlace = { after, first: Math.min(left, mostRows) }
    const { filter, sort } = list
    const { tasks } = await request(TaskOrderDocument, { ...place, filter, sort: [sort] })
    places.push(place)
    orders.push({ ids: tasks.nodes.map(({ id }) => id), ...tasks.pageInfo })
    for (const { id, sequence } of tasks.nodes) {
      if ((known.get(id)?.sequence ?? -1) < sequence) changed.push(id)
    }
    after = tasks.pageInfo.endCursor
    if (!tasks.pageInfo.hasNextPage) break
  }
  const fresh = await readRows(changed, { deleted: list.filter.deleted ?? false, tree: list.tree })
  const rows = new Map([...known, ...fresh.map((task) => [task.id, task] as const)])
  const pages = orders.map(({ ids, ...rest }) => ({
    ...rest,
    tasks: ids.flatMap((id) => rows.get(id) ?? []),
  }))
  return { pages, places }
}
