import { useState } from 'react'
import { MoveTaskDocument, type TaskDetailFragment } from '../../gql/graphql'
import { explain, RequestFailure } from '../../graphql/errors'
import { useIdempotency } from '../../graphql/idempotency'
import { problemAt, problemsOutside } from '../../graphql/problems'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { ProblemList } from '../../ui/ProblemList'
import { toast } from '../../ui/toast'
import { type PickedTask, TaskPicker } from '../TaskPicker'
import styles from './MoveDialog.module.css'

interface MoveDialogProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
  onClose: () => void
}

/** Where the task is to be; null: it becomes a root. */
type Parent = PickedTask | null

/** Puts a task, with all that is below it, below another. */
export function MoveDialog({ task, onSaved, onClose }: MoveDialogProps) {
  const present: Parent = task.ancestors.at(-1) ?? null
  const [parent, setParent] = useState<Parent>(present)
  const [reason, setReason] = useState('')
  const [refusal, setRefusal] = useState<string>()
  const { keyed } = useIdempotency()
  const { problems, busy, submit } = useSubmit()
  const same = parent?.id === present?.id

  const move = () => {
    if (same) return onClose()
    setRefusal(undefined)
    void submit(async () => {
      const text = reason.trim()
      const input = { id: task.id, parentId: parent?.id ?? null, reason: text === '' ? null : text }
      try {
        const { moveTask } = await request(MoveTaskDocument, { input: keyed(input) })
        onSaved(moveTask.task)
        toast('good', parent ? `Now a part of “${parent.name}”.` : 'Now a task without a parent.')
        onClose()
      } catch (thrown) {
        if (!(thrown instanceof RequestFailure) || thrown.code === 'VALIDATION_FAILED') throw thrown
        setRefusal(explain(thrown))
      }
    })
  }
  return (
    <Dialog
      title={`Where does “${task.name}” belong?`}
      onClose={onClose}
      onSubmit={move}
      testId="move"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || same}>
            Move
          </Button>
        </>
      }
    >
      <p className={styles.place} data-testid="new-parent">
        {parent ? (
          <>
            Part of <b>{parent.name}</b>
            <Button small variant="quiet" onClick={() => setParent(null)}>
              No parent
            </Button>
          </>
        ) : (
          <b>No parent: it stands by itself.</b>
        )}
      </p>
      <TaskPicker
        label="Another parent"
        picked={parent?.id}
        problemOf={(one) => {
          if (one.id === task.id) return 'is this task'
          return one.ancestors.some(({ id }) => id === task.id) ? 'lies below this task' : undefined
        }}
        onPick={setParent}
      />
      <p className={styles.note}>All that is below the task goes with it.</p>
      <Field label="Reason" optional error={problemAt(problems, 'reason')}>
        {(parts) => <input {...parts} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <ProblemList
        problems={[...problemsOutside(problems, ['reason']), ...(refusal === undefined ? [] : [refusal])]}
      />
    </Dialog>
  )
}
