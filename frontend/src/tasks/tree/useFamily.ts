import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { TaskFamilyDocument, type TaskFamilyQuery } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { askedAgainAfter, timed } from '../../graphql/timed'

const pageSize = 20
/** Other tasks are children: no event of this one tells what becomes of them. */
const pollMs = 5_000
const pollAloneMs = 15_000

export type Family = NonNullable<TaskFamilyQuery['task']>

/** The children of a task, and what all below it has come to. */
export function useFamily(taskId: string) {
  const [first, setFirst] = useState(pageSize)
  const { data, refetch } = useQuery({
    queryKey: ['family', taskId, first],
    queryFn: ({ signal }) => timed(request(TaskFamilyDocument, { id: taskId, first }, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const alone = (state.data?.answer.task?.ofChildren.taskCount ?? 0) === 0
      return askedAgainAfter(alone ? pollAloneMs : pollMs, state.data)
    },
  })
  const family = data?.answer.task ?? undefined
  const more = family?.children.pageInfo.hasNextPage
    ? () => setFirst((known) => known + 2 * pageSize)
    : undefined
  return { family, more, refresh: () => void refetch() }
}
