import { type ReactNode, useState } from 'react'
import {
  DeleteTaskDocument,
  RestoreTaskDocument,
  type TaskRowFragment,
  type TaskStatus,
  TransitionTaskDocument,
} from '../gql/graphql'
import { request } from '../graphql/request'
import { toast, toastFailure } from '../ui/toast'
import { statusLabels, transitionWords } from './status'
import { DeleteDialog, TransitionDialog } from './TaskDialogs'

type ActionTask = Pick<TaskRowFragment, 'id' | 'name' | 'status'>

interface TaskActions {
  /** `askReason` asks for a reason even where the move needs no confirmation. */
  move: (task: ActionTask, to: TaskStatus, askReason?: boolean) => void
  remove: (task: ActionTask) => void
  restore: (task: ActionTask) => void
  /** To be rendered once by whoever uses the actions. */
  dialogs: ReactNode
}

/** What can be done to a task from any page; `onDone` gets the id, to show the change without waiting for its event. */
export function useTaskActions(
  onDone: (taskId: string, what: 'moved' | 'deleted' | 'restored') => void,
): TaskActions {
  const [moving, setMoving] = useState<{ task: ActionTask; to: TaskStatus }>()
  const [deleting, setDeleting] = useState<ActionTask>()

  const perform = async (task: ActionTask, to: TaskStatus, reason: string) => {
    try {
      await request(TransitionTaskDocument, {
        input: { id: task.id, to, reason: reason === '' ? null : reason },
      })
      toast('good', `“${task.name}” is now ${statusLabels[to].toLowerCase()}.`)
    } catch (thrown) {
      toastFailure(thrown)
    }
    onDone(task.id, 'moved')
  }

  return {
    move: (task, to, askReason = false) => {
      if (askReason || transitionWords[to].confirm) setMoving({ task, to })
      else void perform(task, to, '')
    },
    remove: setDeleting,
    restore: async (task) => {
      try {
        await request(RestoreTaskDocument, { input: { id: task.id } })
        toast('good', `“${task.name}” restored.`)
      } catch (thrown) {
        toastFailure(thrown)
      }
      onDone(task.id, 'restored')
    },
    dialogs: (
      <>
        {moving && (
          <TransitionDialog
            name={moving.task.name}
            from={moving.task.status}
            to={moving.to}
            onClose={() => setMoving(undefined)}
            onConfirm={(reason) => {
              setMoving(undefined)
              void perform(moving.task, moving.to, reason)
            }}
          />
        )}
        {deleting && (
          <DeleteDialog
            name={deleting.name}
            onClose={() => setDeleting(undefined)}
            onConfirm={async () => {
              setDeleting(undefined)
              try {
                await request(DeleteTaskDocument, { input: { id: deleting.id } })
                toast('good', `“${deleting.name}” deleted. It can be restored from “Deleted”.`)
                onDone(deleting.id, 'deleted')
              } catch (thrown) {
                toastFailure(thrown)
              }
            }}
          />
        )}
      </>
    ),
  }
}
