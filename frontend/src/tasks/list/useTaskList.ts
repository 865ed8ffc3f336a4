import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { type ListedTaskFragment, type TaskEventKind, TaskListEventsDocument } from '../../gql/graphql'
import { useEventFeed } from '../../live/useEventFeed'
import { useGathered } from '../../live/useGathered'
import { applyTasks, type TaskPage } from './applyTasks'
import type { ListFilter } from './filter'
import { type ListRequest, pageSize, readAgain, readAncestors, readPage, readRows } from './listRequest'
import { branchesKey, useBranches } from './useBranches'
import { totalsKey } from './useTotals'

const gatherMs = 200
const rereadMs = 1_000
const readingMs = 30
/** If more tasks than this change at once, the list is read again rather than each of them. */
const mostSingly = 200

const listKey = ['tasks'] as const

type Pages = InfiniteData<TaskPage, string | null>

/** The task list for one filter, and in a tree what is below some of its tasks, kept live. */
export function useTaskList(filter: ListFilter, unfolded: readonly string[]) {
  const client = useQueryClient()
  const list = useMemo<ListRequest>(
    () => ({ filter: filter.request, sort: filter.sort, tree: filter.tree }),
    [filter],
  )
  const queryKey = [...listKey, list]
  const refresh = useGathered<string>(gatherMs, (ids) => refreshTasks(ids))
  const reread = useGathered<'list' | 'totals'>(rereadMs, async (parts) => {
    await Promise.all([
      parts.includes('totals') && client.invalidateQueries({ queryKey: totalsKey }),
      parts.includes('list') && (list.tree ? rereadTree() : rereadList()),
    ])
  })
  const { generation } = useEventFeed({
    document: TaskListEventsDocument,
    onEvents: (events) => {
      refresh(events.map((event) => event.taskId))
      const changed = events.some(({ kind }) => changesTask[kind])
      if (changed) reread(['totals'])
      if (!filter.judged && (changed || filter.byTrials)) reread(['list'])
    },
  })

  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage(list, { after: pageParam, first: pageSize }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.hasNextPage ? page.endCursor : undefined),
    enabled: generation > 0,
    placeholderData: (previous) => previous,
  })
  const { branches, readBelow } = useBranches(unfolded, filter.sort, generation > 0 && filter.tree)

  const lastGeneration = useRef(0)
  useEffect(() => {
    if (lastGeneration.current > 0 && generation > 1) {
      for (const key of [listKey, branchesKey, totalsKey]) void client.invalidateQueries({ queryKey: key })
    }
    lastGeneration.current = generation
  }, [generation, client])

  async function refreshTasks(ids: readonly string[]): Promise<void> {
    await allRead()
    // A row also tells the name of its task's parent.
    const told = loadedPages().flatMap(({ tasks }) =>
      tasks.flatMap(({ id, parent }) => [id, parent?.id ?? id]),
    )
    const loaded = new Set(told)
    const asked = await affected(ids, loaded)
    if (asked.length > mostSingly) reread(['list'])
    else if (asked.length > 0) {
      const tasks = await readRows(asked, { deleted: filter.deleted, tree: list.tree })
      const present = new Set(tasks.map((task) => task.id))
      const gone = asked.filter((id) => !present.has(id))
      client.setQueryData<Pages>(
        queryKey,
        (data) => data && { ...data, pages: applyTasks(data.pages, tasks, gone, filter) },
      )
      client.setQueriesData<TaskPage>({ queryKey: branchesKey }, (data) =>
        data ? applyTasks([data], tasks, gone, filter)[0] : data,
      )
    }
  }

  /** Which rows others than before may be, or may come into view. */
  async function affected(ids: readonly string[], loaded: ReadonlySet<string>): Promise<readonly string[]> {
    if (filter.judged || ids.length > mostSingly) return ids
    const above = list.tree ? await readAncestors(ids) : []
    return [...new Set([...ids, ...above])].filter((id) => loaded.has(id))
  }

  function loadedPages(): readonly TaskPage[] {
    const branches = client.getQueriesData<TaskPage>({ queryKey: branchesKey })
    const pages = client.getQueryData<Pages>(queryKey)?.pages ?? []
    return list.tree ? [...pages, ...branches.flatMap(([, page]) => page ?? [])] : pages
  }

  /** Reads the order of what is shown, and then only the rows that are others now. */
  async function rereadList(): Promise<void> {
    await allRead()
    const data = client.getQueryData<Pages>(queryKey)
    if (!data) return
    const tasks = data.pages.flatMap((page) => page.tasks)
    const known = new Map(tasks.map((task) => [task.id, task]))
    const pages = await readAgain(list, tasks.length, known)
    // A page that was added meanwhile would be lost.
    if (client.getQueryData<Pages>(queryKey)?.pages.length !== data.pages.length) return rereadList()
    const pageParams = pages.map((_, at) => pages[at - 1]?.endCursor ?? null)
    client.setQueryData<Pages>(queryKey, { pages, pageParams })
  }

  /** What is below a task changes without an event of its own. */
  async function rereadTree(): Promise<void> {
    await Promise.all([listKey, branchesKey].map((queryKey) => client.invalidateQueries({ queryKey })))
  }

  /** A list that is being read may be older than the event, and would then overwrite what is read after it. */
  async function allRead(): Promise<void> {
    const reading = () =>
      client.isFetching({ queryKey: listKey }) + client.isFetching({ queryKey: branchesKey })
    while (reading() > 0) await new Promise((resolve) => setTimeout(resolve, readingMs))
  }

  const pages = query.data?.pages
  const tasks = useMemo<readonly ListedTaskFragment[]>(
    () => pages?.flatMap((page) => page.tasks) ?? [],
    [pages],
  )
  return { query, tasks, branches, readBelow, list, refreshNow: refresh }
}

/** Whether an event is about the task itself, and not one of its trials or who works on it. */
const changesTask: Readonly<Record<TaskEventKind, boolean>> = {
  CREATED: true,
  UPDATED: true,
  STATUS_CHANGED: true,
  DELETED: true,
  RESTORED: true,
  IMPORTED: true,
  TRIAL_CREATED: false,
  TRIAL_STATE_CHANGED: false,
  TRIAL_REPORTED: false,
  RESULT_ATTACHED: false,
  TRIAL_EXCLUDED: false,
  TRIAL_INCLUDED: false,
  TRIAL_CORRECTED: false,
  CLAIMED: false,
  CLAIM_ENDED: false,
  STRATEGY_CLAIMED: false,
  STRATEGY_RELEASED: false,
  MODEL_STATE_SAVED: false,
}
