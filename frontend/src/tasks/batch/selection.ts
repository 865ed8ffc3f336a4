import type { TaskFilter } from '../../gql/graphql'

/** Which tasks of a list are meant. */
export type Selection =
  | { readonly kind: 'some'; readonly ids: ReadonlySet<string> }
  /** Every task that passes the filter of the list, read or not, but for some. */
  | { readonly kind: 'all'; readonly except: ReadonlySet<string> }

/** The same in the words of a batch. */
export type Target = { readonly ids: readonly string[] } | { readonly filter: TaskFilter }

export const nothing: Selection = { kind: 'some', ids: new Set() }

export const everything: Selection = { kind: 'all', except: new Set() }

/** A filter names no more tasks than this. */
const mostExcepted = 1_000

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === 'all' ? !selection.except.has(id) : selection.ids.has(id)
}

/** With these tasks in it, or out of it. */
export function withTasks(selection: Selection, ids: readonly string[], on: boolean): Selection {
  if (selection.kind === 'some') {
    return { kind: 'some', ids: on ? union(selection.ids, ids) : difference(selection.ids, ids) }
  }
  const except = on ? difference(selection.except, ids) : union(selection.except, ids)
  return except.size <= mostExcepted ? { kind: 'all', except } : selection
}

function union(set: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  return new Set([...set, ...ids])
}

function difference(set: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  const gone = new Set(ids)
  return new Set([...set].filter((id) => !gone.has(id)))
}

/** From one of the tasks shown to another, both included. */
export function rangeOf(shown: readonly string[], from: string, to: string): readonly string[] {
  const [first, last] = [shown.indexOf(from), shown.indexOf(to)].sort((a, b) => a - b)
  return first === undefined || last === undefined || first < 0 ? [to] : shown.slice(first, last + 1)
}

/** How many tasks are meant; `total` is how many pass the filter of the list. */
export function sizeOf(selection: Selection, total: number): number {
  return selection.kind === 'all' ? Math.max(0, total - selection.except.size) : selection.ids.size
}

export function targetOf(selection: Selection, filter: TaskFilter): Target {
  if (selection.kind === 'some') return { ids: [...selection.ids] }
  if (selection.except.size === 0) return { filter }
  return { filter: { ...filter, not: { ids: [...selection.except] } } }
}
