import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { TrialDetailDocument, type TrialDetailQuery } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useGathered } from '../../live/useGathered'

const gatherMs = 700

export type TrialDetail = Extract<NonNullable<TrialDetailQuery['node']>, { __typename: 'Trial' }>

/** What of a trial the table does not hold; read again when an event has told of it (`sequence` is the last). */
export function useTrialDetail(trialId: string, sequence: number) {
  const client = useQueryClient()
  const refresh = useGathered<string>(gatherMs, async ([id = trialId]) => {
    await client.invalidateQueries({ queryKey: trialKey(id) }, { throwOnError: true })
  })
  const query = useQuery({
    queryKey: trialKey(trialId),
    queryFn: async ({ signal }) => {
      const { node } = await request(TrialDetailDocument, { id: trialId }, signal)
      return node?.__typename === 'Trial' ? { trial: node, sequence } : null
    },
    // What was shown the last time may be old.
    refetchOnMount: 'always',
  })
  const shown = query.data?.sequence
  useEffect(() => {
    if (shown !== undefined && shown < sequence) refresh([trialId])
  }, [shown, sequence, trialId, refresh])
  return query
}

function trialKey(trialId: string) {
  return ['trial', trialId] as const
}
