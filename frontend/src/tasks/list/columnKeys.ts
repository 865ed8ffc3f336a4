/** What the list can tell of each task beside its name, in this order. */
export const columnKeys = [
  'status',
  'best',
  'trials',
  'progress',
  'strategy',
  'priority',
  'owner',
  'parent',
  'created',
  'updated',
  'started',
  'finished',
] as const

export type ColumnKey = (typeof columnKeys)[number]

/** What is shown unless columns are chosen, each from some width of the window on, in pixels. */
const usualColumns: readonly (readonly [key: ColumnKey, from: number])[] = [
  ['status', 0],
  ['best', 0],
  ['trials', 0],
  ['strategy', 1000],
  ['priority', 1000],
  ['created', 1200],
  ['updated', 0],
]

/** A tree has fewer: beside the name it tells of what is below. */
const usualInTree: ReadonlySet<ColumnKey> = new Set(['status', 'best', 'trials', 'updated'])

export function usualColumnsAt(width: number, tree: boolean): readonly ColumnKey[] {
  const wide = usualColumns.filter(([, from]) => width >= from).map(([key]) => key)
  return tree ? wide.filter((key) => usualInTree.has(key)) : wide
}
