import { useState } from 'react'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Field } from '../../ui/Field'

interface NameDialogProps {
  title: string
  begin: string
  problem: string | undefined
  busy: boolean
  onClose: () => void
  onSave: (name: string) => void
}

export function NameDialog({ title, begin, problem, busy, onClose, onSave }: NameDialogProps) {
  const [name, setName] = useState(begin)
  const isNamed = name.trim() !== ''
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => isNamed && onSave(name.trim())}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || !isNamed}>
            Save
          </Button>
        </>
      }
    >
      <p>A view keeps the filter, the order and the columns, for everybody who works on this server.</p>
      <Field label="Name" error={problem}>
        {(parts) => (
          <input
            {...parts}
            data-autofocus
            maxLength={200}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
