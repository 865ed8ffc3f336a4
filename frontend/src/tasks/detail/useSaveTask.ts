import { type TaskDetailFragment, UpdateTaskDocument, type UpdateTaskInput } from '../../gql/graphql'
import { RequestFailure } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { toast, toastFailure } from '../../ui/toast'

export type SaveTask = (
  change: Omit<UpdateTaskInput, 'id' | 'expectedVersion'>,
  version: number,
) => Promise<boolean>

/** Saves a change if the task is still at the version that was on the screen when editing began; true when it was saved. */
export function useSaveTask(
  taskId: string,
  onSaved: (task: TaskDetailFragment) => void,
  onConflict: () => void,
): SaveTask {
  return async (change, version) => {
    try {
      const { updateTask } = await request(UpdateTaskDocument, {
        input: { id: taskId, expectedVersion: version, ...change },
      })
      onSaved(updateTask.task)
      return true
    } catch (thrown) {
      toastFailure(thrown)
      if (thrown instanceof RequestFailure && thrown.code === 'VERSION_CONFLICT') {
        toast('bad', 'The task was read again. Look at what changed, then save once more.')
        onConflict()
      }
      return false
    }
  }
}
