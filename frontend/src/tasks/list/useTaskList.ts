import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { type ListedTaskFragment, type TaskEventKind, TaskListEventsDocument } from '../../gql/graphql'
import { useEventFeed } from '../../live/useEventFeed'
import { useGathered } from '../../live/useGathered'
import { applyTasks, type TaskPage } from './applyTasks'
import { isJudgedHere, type ListFilter, requestOf } from './filter'
import { type ListRequest, type PagePlace, pageSize, readAgain, readPage, readRows } from './listRequest'
import { sortWords } from './sort'
import { totalsKey } from './useTotals'

const gatherMs = 200
const rereadMs = 1_000
const readingMs = 30
/** If more tasks than this change at once, the list is read again rather than each of them. */
const mostSingly = 200

const listKey = ['tasks'] as const

type Pages = InfiniteData<TaskPage, PagePlace>

/** The task list for one filter, kept live. */
export function useTaskList(filter: ListFilter) {
  const client = useQueryClient()
  const list = useMemo<ListRequest>(
    () => ({ filter: requestOf(filter), sort: filter.sort, tree: false }),
    [filter],
  )
  const queryKey = [...listKey, list]
  const refresh = useGathered<string>(gatherMs, (ids) => refreshTasks(ids))
  const reread = useGathered<'list' | 'totals'>(rereadMs, async (parts) => {
    await Promise.all([
      parts.includes('totals') && client.invalidateQueries({ queryKey: totalsKey }),
      parts.includes('list') && rereadList(),
    ])
  })
  const { generation } = useEventFeed({
    document: TaskListEventsDocument,
    onEvents: (events) => {
      refresh(events.map((event) => event.taskId))
      const changed = events.some(({ kind }) => changesTask[kind])
      if (changed) reread(['totals'])
      if (!isJudgedHere(filter) && (changed || sortWords[filter.sort.by].byTrials)) reread(['list'])
    },
  })

  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage(list, pageParam, signal),
    initialPageParam: { after: null, first: pageSize } as PagePlace,
    getNextPageParam: (page) => (page.hasNextPage ? { after: page.endCursor, first: pageSize } : undefined),
    enabled: generation > 0,
    placeholderData: (previous) => previous,
  })

  const lastGeneration = useRef(0)
  useEffect(() => {
    if (lastGeneration.current > 0 && generation > 1) {
      void client.invalidateQueries({ queryKey: listKey })
      void client.invalidateQueries({ queryKey: totalsKey })
    }
    lastGeneration.current = generation
  }, [generation, client])

  async function refreshTasks(ids: readonly string[]): Promise<void> {
    await listRead()
    const pages = client.getQueryData<Pages>(queryKey)?.pages
    if (!pages) return
    const loaded = new Set(pages.flatMap(({ tasks }) => tasks.map(({ id }) => id)))
    // What is not in view matters only where it may come into view.
    const asked = isJudgedHere(filter) ? ids : ids.filter((id) => loaded.has(id))
    if (asked.length > mostSingly) reread(['list'])
    else if (asked.length > 0) {
      const tasks = await readRows(asked, { deleted: filter.deleted, tree: list.tree })
      const present = new Set(tasks.map((task) => task.id))
      const gone = asked.filter((id) => !present.has(id))
      client.setQueryData<Pages>(
        queryKey,
        (data) => data && { ...data, pages: applyTasks(data.pages, tasks, gone, filter) },
      )
    }
  }

  /** Reads the order of what is shown, and then only the rows that are others now. */
  async function rereadList(): Promise<void> {
    await listRead()
    const data = client.getQueryData<Pages>(queryKey)
    if (!data) return
    const tasks = data.pages.flatMap((page) => page.tasks)
    const known = new Map(tasks.map((task) => [task.id, task]))
    const { pages, places } = await readAgain(list, tasks.length, known)
    // A page that was added meanwhile would be lost.
    if (client.getQueryData<Pages>(queryKey)?.pages.length !== data.pages.length) return rereadList()
    client.setQueryData<Pages>(queryKey, { pages, pageParams: places })
  }

  /** A list that is being read may be older than the event, and would then overwrite what is read after it. */
  async function listRead(): Promise<void> {
    while (client.isFetching({ queryKey: listKey }) > 0) await pause(readingMs)
  }

  const pages = query.data?.pages
  const tasks = useMemo<readonly ListedTaskFragment[]>(
    () => pages?.flatMap((page) => page.tasks) ?? [],
    [pages],
  )
  return { query, tasks, list, refreshNow: refresh }
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
