import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { NamesOfTasksDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { shortId, type ToldChange, tasksNamed } from './changes'
import type { NameOf } from './facts'

const mostIds = 200

/** Names the tasks that some changes speak of; one that is gone by the beginning of its id. */
export function useTaskNames(changes: readonly ToldChange[]): NameOf {
  const ids = tasksNamed(changes).slice(0, mostIds)
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
