import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { TaskFrontDocument, type TaskFrontQuery, type TaskFrontQueryVariables } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useGathered } from '../../live/useGathered'
import type { EventParts } from '../../trials/trial'

const gatherMs = 1_000
const pageSize = 1_000
const none: ReadonlySet<number> = new Set()

/** The numbers of the trials on the Pareto front, as the server knows it; of tasks with several objectives only. */
export function useFront(taskId: string, enabled: boolean, pageSizeLimit: number) {
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: frontKey(taskId),
    queryFn: ({ signal }) => readFront(taskId, Math.min(pageSize, pageSizeLimit), signal),
    enabled,
  })
  const refresh = useGathered<string>(gatherMs, async () => {
    await client.invalidateQueries({ queryKey: frontKey(taskId) }, { throwOnError: true })
  })
  const onEvents = useCallback(
    (events: readonly EventParts[]) => {
      if (enabled && events.some(mayMoveFront)) refresh([taskId])
    },
    [enabled, refresh, taskId],
  )
  const front = useMemo(() => (data ? new Set(data) : none), [data])
  return { front, onEvents }
}

async function readFront(id: string, first: number, signal: AbortSignal): Promise<number[]> {
  const numbers: number[] = []
  let after: string | null = null
  do {
    const variables: TaskFrontQueryVariables = { id, first, after }
    const read: TaskFrontQuery = await request(TaskFrontDocument, variables, signal)
    const page = read.task?.paretoFront
    numbers.push(...(page?.nodes ?? []).map(({ number }) => number))
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return numbers
}

export function mayMoveFront(event: EventParts): boolean {
  switch (event.__typename) {
    case 'TrialStateChanged':
      return event.toState === 'COMPLETED'
    case 'TrialCreated':
      return event.state === 'COMPLETED'
    case 'TrialExcluded':
    case 'TrialIncluded':
    case 'TrialCorrected':
    case 'TaskImported':
      return true
    default:
      return false
  }
}

function frontKey(taskId: string) {
  return ['front', taskId] as const
}
