import type { TaskStatus } from '../../gql/graphql'
import { formatCount } from '../../ui/format'
import { statusLabels } from '../status'

/** `2 running, 1 created`. */
export function statusesText(
  statuses: readonly { readonly status: TaskStatus; readonly count: number }[],
): string {
  return statuses
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${formatCount(count)} ${statusLabels[status].toLowerCase()}`)
    .join(', ')
}

export function tasksText(count: number): string {
  return count === 1 ? '1 task' : `${formatCount(count)} tasks`
}

/** What became of a task and all below it that were to get another status. */
export function movedText(moved: number, left: number, to: TaskStatus): string {
  const status = statusLabels[to].toLowerCase()
  const done =
    moved === 0 ? 'Nothing has changed' : `${tasksText(moved)} ${moved === 1 ? 'is' : 'are'} now ${status}`
  return left === 0
    ? `${done}.`
    : `${done}; ${left === 1 ? '1 stays as it is' : `${formatCount(left)} stay as they are`}.`
}
