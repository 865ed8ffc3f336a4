import { useId, useState } from 'react'
import type { TaskStatus } from '../gql/graphql'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import fieldStyles from '../ui/Field.module.css'
import { transitionVerb, transitionWords } from './status'

interface TransitionDialogProps {
  name: string
  from: TaskStatus
  to: TaskStatus
  onClose: () => void
  onConfirm: (reason: string) => void
}

export function TransitionDialog({ name, from, to, onClose, onConfirm }: TransitionDialogProps) {
  const [reason, setReason] = useState('')
  const id = useId()
  const verb = transitionVerb(from, to)
  return (
    <Dialog
      title={`${verb} “${name}”?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={() => onConfirm(reason.trim())}>
            {verb}
          </Button>
        </>
      }
    >
      <p>{transitionWords[to].meaning}</p>
      <div>
        <label htmlFor={id} className={fieldStyles.label}>
          Reason <span className={fieldStyles.optional}>optional, kept in the history</span>
        </label>
        <input
          id={id}
          className={fieldStyles.input}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onConfirm(reason.trim())
          }}
        />
      </div>
    </Dialog>
  )
}

interface DeleteDialogProps {
  name: string
  onClose: () => void
  onConfirm: () => void
}

export function DeleteDialog({ name, onClose, onConfirm }: DeleteDialogProps) {
  return (
    <Dialog
      title={`Delete “${name}”?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" onClick={onConfirm}>
            Delete task
          </Button>
        </>
      }
    >
      <p>
        The task and its trials disappear from lists and workers can no longer use it. You can restore it
        later.
      </p>
    </Dialog>
  )
}
