import { useQuery } from '@tanstack/react-query'
import { ViewsDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'

export const viewsKey = ['views'] as const
/** There are no more. */
const mostViews = 1_000

/** The saved views, by name. No event tells of their changes: they are read again when the page is looked at again. */
export function useViews() {
  return useQuery({
    queryKey: viewsKey,
    queryFn: async ({ signal }) => (await request(ViewsDocument, { first: mostViews }, signal)).views.nodes,
    refetchOnWindowFocus: true,
  })
}
