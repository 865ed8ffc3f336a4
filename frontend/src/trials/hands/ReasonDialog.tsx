import { type ReactNode, useState } from 'react'
import { problemAt, problemsOutside } from '../../graphql/problems'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'
import { ProblemList } from '../../ui/ProblemList'

interface ReasonDialogProps {
  title: string
  verb: string
  required: boolean
  children: ReactNode
  onClose: () => void
  /** Undefined where no reason was given. */
  onConfirm: (reason: string | undefined) => Promise<void>
}

/** Asks why before something is done; the reason is kept in the history. */
export function ReasonDialog({ title, verb, required, children, onClose, onConfirm }: ReasonDialogProps) {
  const [reason, setReason] = useState('')
  const { problems, setProblems, busy, submit } = useSubmit()
  const confirm = () => {
    const text = reason.trim()
    if (required && text === '')
      return setProblems(new Map([['reason', 'Say why, for whoever wonders later.']]))
    void submit(async () => {
      await onConfirm(text === '' ? undefined : text)
      onClose()
    })
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={confirm}
      testId="reason"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            {verb}
          </Button>
        </>
      }
    >
      {children}
      <Field label="Reason" optional={!required} error={problemAt(problems, 'reason')}>
        {(parts) => (
          <input
            {...parts}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <ProblemList problems={problemsOutside(problems, ['reason'])} />
    </Dialog>
  )
}
