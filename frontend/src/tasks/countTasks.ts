import { formatCount } from '../ui/format'

/** `1 task`, `2,500 tasks`. */
export function countTasks(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'task' : 'tasks'}`
}
