import type { ListedTaskFragment } from '../../gql/graphql'

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
