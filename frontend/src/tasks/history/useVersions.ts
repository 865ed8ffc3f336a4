import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { TaskVersionsDocument, type TaskVersionsQuery, type VersionPartsFragment } from '../../gql/graphql'
import { request } from '../../graphql/request'

const pageSize = 30

type Page = TaskVersionsQuery['taskVersions']
type Pages = InfiniteData<Page, string | null>

/**
 * The versions of a task, newest first, a page at a time. A version that there is does not change any more, so the
 * pages stay; when the task is at a later `version`, those above the newest known are read.
 */
export function useVersions(taskId: string, version: number) {
  const client = useQueryClient()
  const key = versionsKey(taskId)
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam, signal }) => {
      const page = { id: taskId, first: pageSize, after: pageParam }
      return (await request(TaskVersionsDocument, page, signal)).taskVersions
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const first = query.data?.pages[0]
  const before = first?.pageInfo.startCursor ?? null
  const newest = first?.nodes[0]?.version ?? 0

  const newer = useQuery({
    queryKey: [...key, 'newer', before, version],
    queryFn: async ({ signal }) =>
      (await request(TaskVersionsDocument, { id: taskId, last: pageSize, before }, signal)).taskVersions,
    enabled: before !== null && newest < version,
    gcTime: 0,
  })
  const page = newer.data
  useEffect(() => {
    if (!page || page.nodes.length === 0) return
    client.setQueryData<Pages>(versionsKey(taskId), (known) =>
      // Only on top of what it was asked for.
      known?.pages[0]?.pageInfo.startCursor === before
        ? { pages: [page, ...known.pages], pageParams: [null, ...known.pageParams] }
        : known,
    )
  }, [client, taskId, page, before])

  const versions: readonly VersionPartsFragment[] = (query.data?.pages ?? []).flatMap(({ nodes }) => nodes)
  return {
    versions,
    error: query.error,
    isPending: query.isPending,
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    isReadingMore: query.isFetchingNextPage,
  }
}

/** Everything that is known of a task's past. */
export function historyKey(taskId: string) {
  return ['history', taskId] as const
}

function versionsKey(taskId: string) {
  return [...historyKey(taskId), 'versions'] as const
}
