import { type ReactNode, useState } from 'react'
import { type TaskDetailFragment, UpdateTaskDocument, type UpdateTaskInput } from '../../gql/graphql'
import { RequestFailure } from '../../graphql/errors'
import { type Problems, problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { PencilIcon } from '../../ui/icons'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'

export type Report = (path: string, text: string) => void
export type TaskChange = Omit<UpdateTaskInput, 'id' | 'expectedVersion'>

interface EditButtonProps {
  title: string
  children: (onClose: () => void) => ReactNode
}

/** A pencil that opens a dialog. */
export function EditButton({ title, children }: EditButtonProps) {
  const [open, setOpen] = useState(false)
  const label = `Edit ${title.toLowerCase()}`
  return (
    <>
      <Button
        small
        variant="quiet"
        icon={<PencilIcon />}
        aria-label={label}
        title={label}
        onClick={() => setOpen(true)}
      />
      {open && children(() => setOpen(false))}
    </>
  )
}

interface EditDialogProps {
  task: TaskDetailFragment
  title: string
  wide?: boolean
  testId: string
  /** Paths of the server's input that have a place among the fields. */
  placed: readonly string[]
  /** What is sent; nothing is, where it reports a problem. */
  input: (report: Report) => TaskChange
  /** Not, while it is yet to be shown what the change would do. */
  ready?: boolean
  /** What the change would do, in view with the buttons. */
  told?: ReactNode
  onSaved: (task: TaskDetailFragment) => void
  onClose: () => void
  children: (problems: Problems) => ReactNode
}

/** Changes a part of a task, unless somebody else has changed the task meanwhile. */
export function EditDialog(props: EditDialogProps) {
  const {
    task,
    title,
    wide = false,
    testId,
    placed,
    input,
    ready = true,
    told,
    onSaved,
    onClose,
    children,
  } = props
  // What was on the screen when editing began; after a conflict, what is on it then.
  const [version, setVersion] = useState<number | undefined>(task.version)
  const { problems, setProblems, busy, submit } = useSubmit()

  const save = () => {
    if (!ready) return
    const found = new Map<string, string>()
    const change = input((path, text) => found.set(path, text))
    if (found.size > 0) return setProblems(found)
    void submit(async () => {
      try {
        const { updateTask } = await request(UpdateTaskDocument, {
          input: { id: task.id, expectedVersion: version ?? task.version, ...change },
        })
        onSaved(updateTask.task)
        toast('good', `${title} saved.`)
        onClose()
      } catch (thrown) {
        if (thrown instanceof RequestFailure && thrown.code === 'VERSION_CONFLICT') setVersion(undefined)
        throw thrown
      }
    })
  }

  return (
    <Dialog
      wide={wide}
      title={title}
      onClose={onClose}
      onSubmit={save}
      testId={testId}
      told={told}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || !ready}>
            Save
          </Button>
        </>
      }
    >
      {children(problems)}
      <ProblemList problems={problemsOutside(problems, placed)} />
    </Dialog>
  )
}
