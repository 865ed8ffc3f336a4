import {
  AddTagsDocument,
  type BatchPartsFragment,
  DeleteTasksDocument,
  MoveTasksDocument,
  RemoveTagsDocument,
  RestoreTasksDocument,
  TransitionTasksDocument,
  UpdateTasksDocument,
} from '../../gql/graphql'
import { request } from '../../graphql/request'
import type { BatchAction } from './action'
import type { Target } from './selection'

interface HowTo {
  readonly dryRun: boolean
  readonly token?: string
  readonly idempotencyKey?: string
}

/** One batch: tried only, or done. */
export async function runBatch(action: BatchAction, target: Target, how: HowTo): Promise<BatchPartsFragment> {
  const common = {
    ...('ids' in target ? { ids: [...target.ids] } : { filter: target.filter }),
    ...how,
  }
  switch (action.kind) {
    case 'transition': {
      const reason = action.reason.trim() === '' ? null : action.reason.trim()
      const input = { ...common, to: action.to, reason }
      return (await request(TransitionTasksDocument, { input })).transitionTasks
    }
    case 'addTags':
      return (await request(AddTagsDocument, { input: { ...common, tags: [...action.tags] } })).addTags
    case 'removeTags':
      return (await request(RemoveTagsDocument, { input: { ...common, tags: [...action.tags] } })).removeTags
    case 'priority': {
      const set = { priority: action.priority }
      return (await request(UpdateTasksDocument, { input: { ...common, set } })).updateTasks
    }
    case 'owner': {
      const set = { owner: action.owner.trim() }
      return (await request(UpdateTasksDocument, { input: { ...common, set } })).updateTasks
    }
    case 'move': {
      const parentId = action.parent?.kind === 'task' ? action.parent.id : null
      return (await request(MoveTasksDocument, { input: { ...common, parentId } })).moveTasks
    }
    case 'delete': {
      const input = { ...common, children: action.children }
      return (await request(DeleteTasksDocument, { input })).deleteTasks
    }
    case 'restore': {
      const input = { ...common, subtree: action.subtree }
      return (await request(RestoreTasksDocument, { input })).restoreTasks
    }
  }
}
