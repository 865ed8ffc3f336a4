import { type ReactNode, useState } from 'react'
import {
  DeleteTaskDocument,
  HasPartsDocument,
  type OfChildren,
  RestoreTaskDocument,
  type TaskRowFragment,
  type TaskStatus,
  TransitionSubtreeDocument,
  TransitionTaskDocument,
} from '../gql/graphql'
import { request } from '../graphql/request'
import { toast, toastFailure } from '../ui/toast'
import { needsReason, statusLabels, transitionWords } from './status'
import { DeleteDialog, type Scope, TransitionDialog } from './TaskDialogs'
import { movedText } from './tree/words'

type ActionTask = Pick<TaskRowFragment, 'id' | 'name' | 'status'>

/**
 * How much is to be asked before a move: only what must be (which tasks are meant, where there are parts), always, or
 * about all below, too.
 */
type Asking = 'if needed' | 'always' | 'all below'

interface TaskActions {
  move: (task: ActionTask, to: TaskStatus, asking?: Asking) => void
  remove: (task: ActionTask) => void
  restore: (task: ActionTask) => void
  /** To be rendered once by whoever uses the actions. */
  dialogs: ReactNode
}

/** What can be done to a task from any page; `onDone` gets the id, to show the change without waiting for its event. */
export function useTaskActions(
  onDone: (taskId: string, what: 'moved' | 'deleted' | 'restored') => void,
): TaskActions {
  const [moving, setMoving] = useState<{ task: ActionTask; to: TaskStatus; alone: boolean }>()
  const [deleting, setDeleting] = useState<ActionTask>()

  const perform = async (task: ActionTask, to: TaskStatus, reason: string, scope: Scope) => {
    const input = { id: task.id, to, reason: orNone(reason) }
    try {
      if (scope === 'subtree') {
        const { transitionSubtree } = await request(TransitionSubtreeDocument, { input })
        const { moved, left } = transitionSubtree
        toast('good', movedText(moved.length, left.length, to))
      } else {
        await request(TransitionTaskDocument, { input })
        toast('good', `“${task.name}” is now ${statusLabels[to].toLowerCase()}.`)
      }
    } catch (thrown) {
      toastFailure(thrown)
    }
    onDone(task.id, 'moved')
  }

  const remove = async (task: ActionTask, children: OfChildren, reason: string) => {
    try {
      await request(DeleteTaskDocument, { input: { id: task.id, children, reason: orNone(reason) } })
      setDeleting(undefined)
      toast('good', `“${task.name}” deleted. It can be restored from “Deleted”.`)
      onDone(task.id, 'deleted')
    } catch (thrown) {
      toastFailure(thrown)
    }
  }

  return {
    move: async (task, to, asking = 'if needed') => {
      try {
        const asks = asking !== 'if needed' || transitionWords[to].confirm || needsReason(task.status, to)
        if (asks || (await hasParts(task.id))) {
          setMoving({ task, to, alone: asking !== 'all below' })
        } else await perform(task, to, '', 'task')
      } catch (thrown) {
        toastFailure(thrown)
      }
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
            taskId={moving.task.id}
            name={moving.task.name}
            from={moving.task.status}
            to={moving.to}
            alone={moving.alone}
            onClose={() => setMoving(undefined)}
            onConfirm={(reason, scope) => {
              setMoving(undefined)
              void perform(moving.task, moving.to, reason, scope)
            }}
          />
        )}
        {deleting && (
          <DeleteDialog
            taskId={deleting.id}
            name={deleting.name}
            onClose={() => setDeleting(undefined)}
            onConfirm={(children, reason) => remove(deleting, children, reason)}
          />
        )}
      </>
    ),
  }
}

/** Asked of the server: a list does not know it, and parts come and go without an event of the task. */
async function hasParts(id: string): Promise<boolean> {
  const { task } = await request(HasPartsDocument, { id })
  return task !== null && task.children.nodes.length > 0
}

function orNone(reason: string): string | null {
  return reason === '' ? null : reason
}
