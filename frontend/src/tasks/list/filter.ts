import type { NumberBounds, TaskFilter, TaskStatus, TimeBounds } from '../../gql/graphql'
import { boundsText, daysOf, momentsOf, numbersOf } from './bounds'
import { type ListSearch, withoutEmpty } from './search'
import { type ListSort, sortOf, sortWords } from './sort'

/** Which tasks the list shows, and in which order. */
export interface ListFilter {
  /** As the server takes it. */
  readonly request: TaskFilter
  readonly deleted: boolean
  /** Whether each task is shown with what is below it, and by itself only if it is below none. */
  readonly tree: boolean
  readonly sort: ListSort
  /**
   * What the page itself can judge of a task; none if only the server can tell which tasks are in the list, and where.
   * Such a list is read again after a change.
   */
  readonly judged: { readonly name: string; readonly status: readonly TaskStatus[] } | null
  /** Whether trials, and not only changes of the tasks themselves, decide which tasks are in the list, and where. */
  readonly byTrials: boolean
}

export function filterOf(search: ListSearch): ListFilter {
  const sort = sortOf(search)
  const request = requestOf(search)
  // Deleted tasks are no tree: what they were below may be there still.
  const tree = search.tree === true && search.deleted !== true
  return {
    request: tree ? topOf(request) : request,
    deleted: search.deleted ?? false,
    tree,
    sort,
    byTrials:
      sort.some(({ by }) => sortWords[by].byTrials) || Boolean(search.best || search.trials || search.where),
    judged: isJudgedHere(search) ? { name: search.name ?? '', status: search.status ?? [] } : null,
  }
}

function isJudgedHere(search: ListSearch): boolean {
  return Object.keys(search).every((key) => judgedKeys.has(key))
}

/** The first two it can judge; the others do not say which tasks are in the list. */
const judgedKeys: ReadonlySet<string> = new Set<keyof ListSearch>([
  'name',
  'status',
  'columns',
  'view',
  'edited',
])

/** The tasks at the top of a tree: those without a parent, or right below the one that is asked for. */
function topOf(request: TaskFilter): TaskFilter {
  if (request.parentId) return request
  const { ancestorId, ...rest } = request
  return ancestorId ? { ...rest, parentId: ancestorId } : { ...rest, root: true }
}

/** The filter in the words of the server. */
export function requestOf(search: ListSearch): TaskFilter {
  const { text, name, status, tag, allTags, noTags, owner, parameter, trials, metadata } = search
  const { priority, best, created, updated, started, finished, parent, ancestor, roots, where, deleted } =
    search
  return {
    ...(text && { search: text }),
    ...(name && { name: { contains: name } }),
    ...(status && { status }),
    ...((tag || allTags || noTags) && {
      tags: { ...(tag && { any: tag }), ...(allTags && { all: allTags }), ...(noTags && { none: noTags }) },
    }),
    ...(owner && { owner }),
    ...(priority && { priority: numbersOf(priority) }),
    ...(best && { bestValue: numbersOf(best) }),
    ...(created && { createdAt: momentsOf(created) }),
    ...(updated && { updatedAt: momentsOf(updated) }),
    ...(started && { startedAt: momentsOf(started) }),
    ...(finished && { finishedAt: momentsOf(finished) }),
    ...(trials && { trials }),
    ...(parameter && { parameters: parameter }),
    ...(metadata && { metadata }),
    ...(parent && { parentId: parent }),
    ...(ancestor && { ancestorId: ancestor }),
    ...(roots && { root: true }),
    ...(where && { and: [where] }),
    ...(deleted && { deleted: true }),
  }
}

/** The filter of a view in the words of the page. What these do not have stays as it is: `where`. */
export function searchOf(filter: TaskFilter): ListSearch {
  const { search, name, status, tags, owner, priority, bestValue, trials, parameters, metadata } = filter
  const { createdAt, updatedAt, startedAt, finishedAt, parentId, ancestorId, root, deleted } = filter
  const { and, or, not, ids } = filter
  const isPlainName = !name || Object.keys(name).every((key) => key === 'contains')
  const [only, ...more] = and ?? []
  const others = withoutNulls({
    ...(isPlainName ? {} : { name }),
    ...(root === false && { root }),
    or,
    not,
    ids,
  })
  const isAlone = only && more.length === 0 && Object.keys(others).length === 0
  return withoutEmpty({
    text: search ?? '',
    name: (isPlainName && name?.contains) || '',
    status: status ?? [],
    tag: tags?.any ?? [],
    allTags: tags?.all ?? [],
    noTags: tags?.none ?? [],
    owner: owner ?? [],
    priority: numbersText(priority),
    best: numbersText(bestValue),
    created: daysText(createdAt),
    updated: daysText(updatedAt),
    started: daysText(startedAt),
    finished: daysText(finishedAt),
    trials: trials?.map(withoutNulls) ?? [],
    parameter: parameters ?? [],
    metadata: metadata?.map(withoutNulls) ?? [],
    parent: parentId ?? '',
    ancestor: ancestorId ?? '',
    roots: root === true,
    where: isAlone ? only : { ...others, ...(only && { and: [only, ...more] }) },
    deleted: deleted === true,
  })
}

function numbersText(bounds: NumberBounds | null | undefined): string {
  const { min, max } = bounds ?? {}
  return boundsText({ min: String(min ?? ''), max: String(max ?? '') })
}

function daysText(bounds: TimeBounds | null | undefined): string {
  return bounds ? daysOf(bounds as { from?: string; to?: string }) : ''
}

function withoutNulls<Part extends object>(part: Part): Part {
  return Object.fromEntries(
    Object.entries(part).filter(([, value]) => value !== null && value !== undefined),
  ) as Part
}
