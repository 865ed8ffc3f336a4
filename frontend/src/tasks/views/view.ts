import type { SaveViewInput, TaskFilter, ViewPartsFragment } from '../../gql/graphql'
import { requestOf, searchOf } from '../list/filter'
import { type ListSearch, validateListSearch } from '../list/search'
import { newestFirst } from '../list/sort'

/** What a view keeps of a list. */
type Kept = Pick<SaveViewInput, 'filter' | 'sort' | 'columns'>

/** Among the columns of a view this says that it is a tree. */
const treeMark = 'tree'

export function keptOf(search: ListSearch): Kept {
  const { sort = newestFirst.by, direction = newestFirst.direction, columns = [], tree } = search
  return {
    filter: requestOf(search),
    sort: [{ by: sort, direction }],
    columns: tree ? [treeMark, ...columns] : columns,
  }
}

/** The list as a view keeps it. Of several keys of its order the list knows the first. */
export function listOf(view: ViewPartsFragment): ListSearch {
  const { filter, sort, columns } = view
  const [first] = Array.isArray(sort) ? (sort as { by?: unknown; direction?: unknown }[]) : []
  return validateListSearch({
    ...searchOf(isObject(filter) ? filter : {}),
    sort: first?.by,
    direction: first?.by && (first.direction ?? 'ASCENDING'),
    columns,
    tree: columns.includes(treeMark),
    view: view.id,
  })
}

function isObject(value: unknown): value is TaskFilter {
  return typeof value === 'object' && value !== null
}

/** What the list shows: what the address says, or else the view that it names. */
export function shownOf(address: ListSearch, view: ViewPartsFragment | undefined): ListSearch {
  if (!view || address.edited) return address
  return { ...listOf(view), ...(address.open && { open: address.open }) }
}

/** The address of a list: of one that is as its view keeps it, only the view is told. */
export function addressOf(search: ListSearch, view: ViewPartsFragment | undefined): ListSearch {
  const { view: _, edited: __, ...own } = search
  if (!view) return own
  if (!isAsKept(search, view)) return { ...own, view: view.id, edited: true }
  return { view: view.id, ...(own.tree && { tree: true, ...(own.open && { open: own.open }) }) }
}

export function isAsKept(search: ListSearch, view: ViewPartsFragment): boolean {
  const same = (one: ListSearch) => JSON.stringify(keptOf(validateListSearch({ ...one })))
  return same(search) === same(listOf(view))
}
