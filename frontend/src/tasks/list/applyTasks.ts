import type { ListedTaskFragment } from '../../gql/graphql'
import type { ListFilter } from './filter'

export interface TaskPage {
  readonly tasks: readonly ListedTaskFragment[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

/**
 * The loaded pages after some tasks were read again: rows are replaced where they stand, leave when they no longer
 * fit the filter, and enter (newest first) when they do and belong to the loaded range. `gone` are ids for which
 * the server has no task any more. In a list that only the server can judge, rows are replaced and no more. What is
 * below a task that was read tells its new name.
 */
export function applyTasks(
  pages: readonly TaskPage[],
  changed: readonly ListedTaskFragment[],
  gone: readonly string[],
  filter: ListFilter,
): TaskPage[] {
  const { judged } = filter
  const byId = new Map(changed.map((task) => [task.id, task]))
  const absent = new Set(gone)
  const present = new Set<string>()
  const next = pages.map((page) => ({
    ...page,
    tasks: page.tasks.flatMap((task) => {
      if (absent.has(task.id)) return []
      const fresh = byId.get(task.id)
      if (!fresh) return [withParent(task, byId)]
      present.add(task.id)
      if (fresh.sequence < task.sequence) return [task]
      return !judged || matches(fresh, judged) ? [fresh] : []
    }),
  }))
  if (!judged) return next
  for (const task of changed) {
    if (!present.has(task.id) && matches(task, judged)) insert(next, task)
  }
  return next
}

function withParent(
  task: ListedTaskFragment,
  changed: ReadonlyMap<string, ListedTaskFragment>,
): ListedTaskFragment {
  const parent = task.parent && changed.get(task.parent.id)
  if (!parent || parent.name === task.parent?.name) return task
  return { ...task, parent: { id: parent.id, name: parent.name } }
}

function matches(task: ListedTaskFragment, { name, status }: NonNullable<ListFilter['judged']>): boolean {
  return (
    task.deletedAt === null &&
    (status.length === 0 || status.includes(task.status)) &&
    fold(task.name).includes(fold(name))
  )
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function insert(
  pages: { tasks: ListedTaskFragment[]; hasNextPage: boolean }[],
  task: ListedTaskFragment,
): void {
  for (const page of pages) {
    const at = page.tasks.findIndex((other) => other.createdAt < task.createdAt)
    if (at >= 0) {
      page.tasks.splice(at, 0, task)
      return
    }
  }
  const last = pages.at(-1)
  if (last && !last.hasNextPage) last.tasks.push(task)
}
