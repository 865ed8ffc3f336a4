import type { TaskStatus } from '../../gql/graphql'
import { isTaskStatus, statuses } from '../status'

/** The list's state in the address: only what differs from the plain list. */
export interface ListSearch {
  status?: TaskStatus[]
  name?: string
  deleted?: true
}

export function validateListSearch(search: Record<string, unknown>): ListSearch {
  const result: ListSearch = {}
  const asked = Array.isArray(search.status) ? search.status : [search.status]
  const status = statuses.filter((one) => asked.filter(isTaskStatus).includes(one))
  if (status.length > 0) result.status = status
  // The router reads `?name=12` as a number.
  if (typeof search.name === 'string' || typeof search.name === 'number') {
    const name = String(search.name)
    if (name !== '') result.name = name
  }
  if (search.deleted === true) result.deleted = true
  return result
}
