import type { TaskDetailFragment } from '../../gql/graphql'
import type { ToldChange } from './changes'
import { isTold } from './told'
import { fieldTitle, isKeptByRevert } from './words'

/** What going back to a version means, as far as the page can tell before the server is asked to. */
export interface RevertPlan {
  /** What will be as it was. */
  readonly changes: readonly ToldChange[]
  /** Fields that differ, too, and stay as they are. */
  readonly kept: readonly string[]
  /** Why the server will refuse it; none if nothing is in the way. */
  readonly obstacles: readonly string[]
}

type RevertedTask = Pick<TaskDetailFragment, 'status' | 'startedAt'>

/** `differences`: from what the task is now to what it was. */
export function planRevert(task: RevertedTask, differences: readonly ToldChange[]): RevertPlan {
  const changes = differences.filter(({ field }) => !isKeptByRevert(field))
  const kept = differences
    .map(({ field }) => field)
    .filter((field) => isKeptByRevert(field) && field !== 'spaceVersion')
  const started = task.startedAt !== null || task.status !== 'CREATED'
  const fixed = started ? changes.flatMap(fixedPart) : []
  return {
    changes,
    kept: kept.map(fieldTitle),
    obstacles: fixed.map((what) => `${what} differ, and since the task was started they are fixed.`),
  }
}

/** What of a change is fixed once a task has been started. */
function fixedPart({ field, old, new: fresh }: ToldChange): string[] {
  switch (field) {
    case 'objectives':
      // A task from a file may have been started before anybody has said what was measured.
      return Array.isArray(old) && old.length > 0 ? ['The objectives'] : []
    case 'constraints':
      return ['The constraints on results']
    case 'strategy':
      return JSON.stringify(designOf(old)) === JSON.stringify(designOf(fresh))
        ? []
        : ['The points of the initial design']
    default:
      return []
  }
}

function designOf(strategy: unknown): unknown {
  return isTold(strategy) ? (strategy.initialDesign ?? null) : null
}
