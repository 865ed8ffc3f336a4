import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ReadTableDocument, type ReadTableInput, type TableReportPartsFragment } from '../gql/graphql'
import { explain, fieldErrors } from '../graphql/errors'
import { request } from '../graphql/request'
import { useSettled } from '../ui/useSettled'

const settleMs = 250

export interface TableReading {
  /** What the server has read; of the table as it was a moment ago while `isCurrent` is false. */
  readonly report: TableReportPartsFragment | undefined
  /** Why it could not be read. */
  readonly problem: string | undefined
  /** All of this is of the table as it is now. */
  readonly isCurrent: boolean
}

/** A table as the server reads it. Without an input nothing is read. The same input must be the same object. */
export function useTable(input: ReadTableInput | undefined): TableReading {
  const settled = useSettled(input, settleMs)
  const { data, error, isFetching } = useQuery({
    queryKey: ['table', settled],
    queryFn: async ({ signal }) =>
      settled ? (await request(ReadTableDocument, { input: settled }, signal)).readTable : null,
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    // A table may be large, and the task has other trials a moment later.
    gcTime: 0,
    retry: false,
  })
  const failed = settled !== undefined && error !== null
  const report = input === undefined || failed ? undefined : (data ?? undefined)
  const problem = failed ? told(error) : undefined
  const isCurrent = settled === input && !isFetching
  return useMemo(() => ({ report, problem, isCurrent }), [report, problem, isCurrent])
}

function told(error: unknown): string {
  const [problem] = fieldErrors(error).values()
  return problem ?? explain(error)
}
