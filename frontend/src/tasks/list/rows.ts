import type { ListedTaskFragment } from '../../gql/graphql'
import { isSelected, type Selection } from '../batch/selection'
import type { TaskPage } from './applyTasks'

/** One line of the list. */
export type ListRow =
  | {
      readonly kind: 'task'
      readonly task: ListedTaskFragment
      /** How many of the tasks above it are in the list. */
      readonly depth: number
      /** Whether what is below it is shown; none where nothing is, and in a list that is no tree. */
      readonly unfolded: boolean | null
    }
  /** In place of what is below a task and was not read yet. */
  | { readonly kind: 'unread'; readonly parentId: string; readonly depth: number; readonly reading: boolean }

export function keyOf(row: ListRow): string {
  return row.kind === 'task' ? row.task.id : `below ${row.parentId}`
}

export function flatRows(tasks: readonly ListedTaskFragment[]): readonly ListRow[] {
  return tasks.map((task) => ({ kind: 'task', task, depth: 0, unfolded: null }))
}

/** Each task with what is below it, as far as that is unfolded and was read. */
export function treeRows(
  tasks: readonly ListedTaskFragment[],
  unfolded: ReadonlySet<string>,
  branches: ReadonlyMap<string, TaskPage>,
  depth = 0,
): readonly ListRow[] {
  return tasks.flatMap((task): readonly ListRow[] => {
    if (!task.rollUp || task.rollUp.taskCount === 0) return [{ kind: 'task', task, depth, unfolded: null }]
    const open = unfolded.has(task.id)
    const row: ListRow = { kind: 'task', task, depth, unfolded: open }
    if (!open) return [row]
    const branch = branches.get(task.id)
    const rest = { kind: 'unread', parentId: task.id, depth: depth + 1 } as const
    if (!branch) return [row, { ...rest, reading: true }]
    const below = treeRows(branch.tasks, unfolded, branches, depth + 1)
    return branch.hasNextPage ? [row, ...below, { ...rest, reading: false }] : [row, ...below]
  })
}

/** All tasks that pass the filter are those at the top: the filter says nothing of what is below them. */
export function isRowSelected(selection: Selection, row: ListRow): boolean {
  if (row.kind !== 'task' || !isSelected(selection, row.task.id)) return false
  return selection.kind === 'some' || row.depth === 0
}
