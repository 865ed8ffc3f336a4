import { useQuery } from '@tanstack/react-query'
import { TaskTotalsDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import type { ListFilter } from './filter'

export const totalsKey = ['task-totals'] as const

export type Totals = NonNullable<ReturnType<typeof useTotals>>

/** How many tasks the filter shows, and how many of all tasks have each status, tag and owner. */
export function useTotals(filter: ListFilter) {
  const { request: shown, deleted } = filter
  const { data } = useQuery({
    queryKey: [...totalsKey, shown],
    queryFn: ({ signal }) => request(TaskTotalsDocument, { filter: shown, all: { deleted } }, signal),
    placeholderData: (previous) => previous,
  })
  return data && { shown: data.shown.totalCount, facets: data.all.facets }
}
