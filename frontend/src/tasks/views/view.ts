import type { SaveViewInput, TaskFilter, ViewPartsFragment } from '../../gql/graphql'
import { requestOf, searchOf } from '../list/filter'
import { type ListSearch, validateListSearch } from '../list/search'
import { isSortKey, type SortBy, searchOfSort, sortOf } from '../list/sort'

/** What a view keeps of a list. */
type Kept = Pick<SaveViewInput, 'filter' | 'sort' | 'columns'>

/** Among the columns of a view this says that it is a tree. */
const treeMark = 'tree'

export function keptOf(search: ListSearch): Kept {
  const { columns = [], tree } = search
  return {
    filter: requestOf(search),
    sort: [...sortOf(search)],
    columns: tree ? [treeMark, ...columns] : columns,
  }
}

/** The list as a view keeps it. */
export function listOf(view: ViewPartsFragment): ListSearch {
  const { filter, sort, columns } = view
  const [first, ...others] = Array.isArray(sort) ? sort.flatMap(keyOf) : []
  return validateListSearch({
    ...searchOf(isObject(filter) ? filter : {}),
    ...(first && searchOfSort([first, ...others])),
    columns,
    tree: columns.includes(treeMark),
    view: view.id,
  })
}

/** A key of the server, unless this page does not know it. */
function keyOf({ by, direction }: { by?: unknown; direction?: unknown }): SortBy[] {
  return isSortKey(by) ? [{ by, direction: direction === 'DESCENDING' ? 'DESCENDING' : 'ASCENDING' }] : []
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
