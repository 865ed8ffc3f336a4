import type { BatchPartsFragment } from '../../gql/graphql'
import { explainError } from '../../graphql/errors'
import type { BatchAction } from './action'
import { runBatch } from './runBatch'
import type { Target } from './selection'

/** What a batch would do, and what it is done to if nothing of that changes. */
export interface Preview {
  readonly target: Target
  readonly token: string
  readonly changed: number
  /** How many tasks below them change, too. */
  readonly others: number
  /** How many are as they are to be already. */
  readonly same: number
  /** The tasks that nothing stands against. */
  readonly allowed: readonly string[]
  readonly obstacles: readonly Obstacle[]
}

/** One reason, and the tasks that stand in the way by it. */
export interface Obstacle {
  readonly text: string
  readonly taskIds: readonly string[]
}

/** Tries a batch, without doing it. */
export async function previewBatch(action: BatchAction, target: Target): Promise<Preview> {
  return previewOf(target, await runBatch(action, target, { dryRun: true }))
}

export function previewOf(target: Target, parts: BatchPartsFragment): Preview {
  const { tasks, changed, others, token, refused } = parts
  return {
    target,
    token,
    changed,
    others,
    same: tasks.length - changed,
    allowed: tasks.map(({ id }) => id),
    obstacles: obstaclesOf(refused),
  }
}

function obstaclesOf(refused: BatchPartsFragment['refused']): readonly Obstacle[] {
  const byText = new Map<string, string[]>()
  for (const { taskId, message, code, details } of refused) {
    const text = explainError({ message, extensions: { ...(details as object), code } })
    const ids = byText.get(text) ?? []
    byText.set(text, ids)
    // Only a task that is yet to be made has none, and a page makes no such batches.
    if (taskId !== null) ids.push(taskId)
  }
  const obstacles = [...byText].map(([text, taskIds]) => ({ text, taskIds }))
  return obstacles.toSorted((a, b) => b.taskIds.length - a.taskIds.length)
}
