import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { NamesOfTasksDocument } from '../gql/graphql'
import { request } from '../graphql/request'

/** The name of a task by its id. */
export type NameOf = (taskId: string) => string

const mostIds = 200

/** Names tasks of which only the ids are known; one that is gone by the beginning of its id. */
export function useTaskNames(taskIds: readonly string[]): NameOf {
  const ids = [...new Set(taskIds)].sort().slice(0, mostIds)
  const { data } = useQuery({
    queryKey: ['names-of-tasks', ...ids],
    queryFn: ({ signal }) => request(NamesOfTasksDocument, { ids }, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
  const names = new Map(
    (data?.nodes ?? []).flatMap((node) =>
      node?.__typename === 'Task' ? [[node.id, node.name] as const] : [],
    ),
  )
  return (taskId) => names.get(taskId) ?? shortId(taskId)
}

/** What a task is called where its name is not known. */
export function shortId(taskId: string): string {
  return `task ${taskId.slice(0, 8)}`
}
