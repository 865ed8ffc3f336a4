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

/** One task that stands in the way, as the server tells it. */
export interface Refused {
  readonly taskId: string
  readonly message: string
  readonly code: string
  readonly from?: unknown
}

/** Tries a batch. Tasks that the server refuses because they are so already are left out, and counted as such. */
export async function previewBatch(action: BatchAction, target: Target): Promise<Preview> {
  const first = await runBatch(action, target, { dryRun: true })
  const refused = first.refused as Refused[]
  const same = refused.filter((item) => isSoAlready(action, item))
  if (same.length === 0) return previewOf(target, first)
  const others = refused.filter((item) => !same.includes(item)).map(({ taskId }) => taskId)
  const rest = { ids: [...first.tasks.map(({ id }) => id), ...others] }
  const second = previewOf(rest, await runBatch(action, rest, { dryRun: true }))
  return { ...second, same: second.same + same.length }
}

/** One that has the status cannot move to it. */
export function isSoAlready(action: BatchAction, { code, from }: Refused): boolean {
  return action.kind === 'transition' && code === 'INVALID_STATUS_TRANSITION' && from === action.to
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
    obstacles: obstaclesOf(refused as Refused[]),
  }
}

function obstaclesOf(refused: readonly Refused[]): readonly Obstacle[] {
  const byText = new Map<string, string[]>()
  for (const { taskId, message, ...extensions } of refused) {
    const text = explainError({ message, extensions })
    const ids = byText.get(text)
    if (ids) ids.push(taskId)
    else byText.set(text, [taskId])
  }
  const obstacles = [...byText].map(([text, taskIds]) => ({ text, taskIds }))
  return obstacles.toSorted((a, b) => b.taskIds.length - a.taskIds.length)
}
