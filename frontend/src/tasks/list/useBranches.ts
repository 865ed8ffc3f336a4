import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { TaskPage } from './applyTasks'
import { type ListRequest, mostRows, pageSize, readPage } from './listRequest'
import type { ListSort } from './sort'

export const branchesKey = ['branches'] as const

const branchOf = (parentId: string, sort: ListSort): ListRequest => ({
  filter: { parentId },
  sort,
  tree: true,
})

/** The children of each task that is unfolded, as far as they were asked for. */
export function useBranches(unfolded: readonly string[], sort: ListSort, enabled: boolean) {
  const client = useQueryClient()
  const keyOfBranch = (parentId: string) => [...branchesKey, parentId, sort]
  const pages = useQueries({
    queries: unfolded.map((parentId) => ({
      queryKey: keyOfBranch(parentId),
      enabled,
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const known = client.getQueryData<TaskPage>(keyOfBranch(parentId))
        return readFirst(branchOf(parentId, sort), known?.tasks.length ?? 0, signal)
      },
    })),
    combine: (results) => results.map(({ data }) => data),
  })
  const branches = useMemo(
    () =>
      new Map(
        unfolded.flatMap((id, at) => {
          const page = pages[at]
          return page ? [[id, page] as const] : []
        }),
      ),
    [unfolded, pages],
  )
  return {
    branches,
    readBelow: async (parentId: string) => {
      const known = client.getQueryData<TaskPage>(keyOfBranch(parentId))
      if (!known) return
      const next = await readPage(branchOf(parentId, sort), { after: known.endCursor, first: pageSize })
      client.setQueryData<TaskPage>(keyOfBranch(parentId), (now) =>
        // It may have been read anew meanwhile.
        now?.endCursor === known.endCursor ? { ...next, tasks: [...now.tasks, ...next.tasks] } : now,
      )
    },
  }
}

/** At least a page, and as many as there were. */
async function readFirst(list: ListRequest, count: number, signal: AbortSignal): Promise<TaskPage> {
  let read: TaskPage = { tasks: [], endCursor: null, hasNextPage: true }
  for (let left = Math.max(count, pageSize); left > 0 && read.hasNextPage; left -= mostRows) {
    const page = await readPage(list, { after: read.endCursor, first: Math.min(left, mostRows) }, signal)
    read = { ...page, tasks: [...read.tasks, ...page.tasks] }
  }
  return read
}
