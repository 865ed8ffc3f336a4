import type { OfChildren, TaskStatus } from '../../gql/graphql'

/** What can be done to many tasks at once. */
export type BatchAction =
  | { readonly kind: 'transition'; readonly to: BatchStatus; readonly reason: string }
  | { readonly kind: 'addTags'; readonly tags: readonly string[] }
  | { readonly kind: 'removeTags'; readonly tags: readonly string[] }
  | { readonly kind: 'priority'; readonly priority: number | null }
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'move'; readonly parent: Parent | null }
  | { readonly kind: 'delete'; readonly children: OfChildren }
  | { readonly kind: 'restore'; readonly subtree: boolean }

/** The new parent of tasks: one of the tasks, or none. */
export type Parent =
  | { readonly kind: 'root' }
  | { readonly kind: 'task'; readonly id: string; readonly name: string }

/** The moves that a batch offers. Back to CREATED there is none. */
export type BatchStatus = Exclude<TaskStatus, 'CREATED'>

export const transitionVerbs: Readonly<Record<BatchStatus, string>> = {
  RUNNING: 'Start or resume',
  PAUSED: 'Pause',
  COMPLETED: 'Complete',
  FAILED: 'Mark failed',
}

export const childrenWords: Readonly<Record<OfChildren, string>> = {
  REFUSE: 'Delete no task that has some',
  CASCADE: 'Delete everything below, too',
  LIFT: 'Keep them: they move up to the parent of the deleted task',
  ORPHAN: 'Keep them: they become tasks without a parent',
}

/** How each action begins in its dialog. */
export const fresh = {
  transition: (to: BatchStatus): BatchAction => ({ kind: 'transition', to, reason: '' }),
  addTags: (): BatchAction => ({ kind: 'addTags', tags: [] }),
  removeTags: (): BatchAction => ({ kind: 'removeTags', tags: [] }),
  priority: (): BatchAction => ({ kind: 'priority', priority: null }),
  owner: (): BatchAction => ({ kind: 'owner', owner: '' }),
  move: (): BatchAction => ({ kind: 'move', parent: null }),
  delete: (): BatchAction => ({ kind: 'delete', children: 'REFUSE' }),
  restore: (): BatchAction => ({ kind: 'restore', subtree: false }),
} as const

/** Whether all is said that the server needs to know. */
export function isComplete(action: BatchAction): boolean {
  switch (action.kind) {
    case 'addTags':
    case 'removeTags':
      return action.tags.length > 0
    case 'priority':
      return action.priority !== null
    case 'owner':
      return action.owner.trim() !== ''
    case 'move':
      return action.parent !== null
    case 'transition':
    case 'delete':
    case 'restore':
      return true
  }
}

/** What the button says that does it. */
export function verbOf(action: BatchAction): string {
  switch (action.kind) {
    case 'transition':
      return transitionVerbs[action.to]
    case 'addTags':
      return 'Tag'
    case 'removeTags':
      return 'Untag'
    case 'priority':
    case 'owner':
      return 'Change'
    case 'move':
      return 'Move'
    case 'delete':
      return 'Delete'
    case 'restore':
      return 'Restore'
  }
}

/** What its dialog is called. */
export function titleOf(action: BatchAction): string {
  switch (action.kind) {
    case 'transition':
      return verbOf(action)
    case 'addTags':
      return 'Add tags'
    case 'removeTags':
      return 'Remove tags'
    case 'priority':
      return 'Change the priority'
    case 'owner':
      return 'Change the owner'
    case 'move':
      return 'Move below another task'
    case 'delete':
      return 'Delete'
    case 'restore':
      return 'Restore'
  }
}

/** Tags as they are typed: between commas. */
export function tagsOf(text: string): readonly string[] {
  const tags = text.split(',').map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}
