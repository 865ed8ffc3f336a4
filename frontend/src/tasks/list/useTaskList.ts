import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import {
  type TaskEventKind,
  TaskListDocument,
  TaskListEventsDocument,
  type TaskRowFragment,
  TaskRowsDocument,
} from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useEventFeed } from '../../live/useEventFeed'
import { useGathered } from '../../live/useGathered'
import { applyTasks, type TaskPage } from './applyTasks'
import { isJudgedHere, type ListFilter, requestOf } from './filter'
import { sortWords } from './sort'
import { totalsKey } from './useTotals'

const pageSize = 50
const gatherMs = 200
const rereadMs = 1_000
const idsPerRequest = 50
const readingMs = 30

const listKey = ['tasks'] as const

type Pages = InfiniteData<TaskPage, string | null>

/** The task list for one filter, kept live. */
export function useTaskList(filter: ListFilter) {
  const client = useQueryClient()
  const refresh = useGathered<string>(gatherMs, (ids) => refreshTasks(ids))
  const reread = useGathered<'list' | 'totals'>(rereadMs, async (parts) => {
    await Promise.all([
      parts.includes('totals') && client.invalidateQueries({ queryKey: totalsKey }),
      parts.includes('list') && client.invalidateQueries({ queryKey: listKey }),
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
    queryKey: [...listKey, filter],
    queryFn: ({ pageParam, signal }) => readPage(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.hasNextPage ? page.endCursor : undefined),
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
    // A list that is being read may be older than the event, and would then overwrite what is read here.
    while (client.isFetching({ queryKey: listKey }) > 0) await pause(readingMs)
    for (let at = 0; at < ids.length; at += idsPerRequest) {
      const asked = ids.slice(at, at + idsPerRequest)
      const { nodes } = await request(TaskRowsDocument, { ids: asked })
      const tasks = nodes.flatMap((node) => (node?.__typename === 'Task' ? [node] : []))
      showTasks(tasks, missing(asked, tasks))
    }
  }

  /** Puts tasks that were just read into every list held in memory. */
  function showTasks(tasks: readonly TaskRowFragment[], gone: readonly string[]): void {
    for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: listKey })) {
      const of = key[1] as ListFilter | undefined
      if (!pages || !of) continue
      client.setQueryData<Pages>(key, {
        ...pages,
        // A task that is not found may be a deleted one: the list of those is read anew instead.
        pages: applyTasks(pages.pages, tasks, of.deleted ? [] : gone, of),
      })
    }
  }

  return { query, tasks: query.data?.pages.flatMap((page) => page.tasks) ?? [], refreshNow: refresh }
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

function missing(asked: readonly string[], found: readonly TaskRowFragment[]): string[] {
  const present = new Set(found.map((task) => task.id))
  return asked.filter((id) => !present.has(id))
}

async function readPage(filter: ListFilter, after: string | null, signal: AbortSignal): Promise<TaskPage> {
  const { tasks } = await request(
    TaskListDocument,
    {
      first: pageSize,
      after,
      filter: requestOf(filter),
      sort: [filter.sort],
    },
    signal,
  )
  return { tasks: tasks.nodes, endCursor: tasks.pageInfo.endCursor, hasNextPage: tasks.pageInfo.hasNextPage }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
