import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { Button } from './Button'
import styles from './EditableText.module.css'
import fieldStyles from './Field.module.css'
import { PencilIcon } from './icons'

interface EditableTextProps {
  label: string
  value: string
  /** Revision of the value on the screen; the one from when editing began is handed to `onSave`. */
  version: number
  multiline?: boolean
  onSave: (value: string, version: number) => Promise<boolean>
  /** How the value is shown while it is not edited. */
  children: ReactNode
}

/** Text that becomes a field when asked; Enter saves, Escape leaves it as it was. */
export function EditableText({ label, value, version, multiline, onSave, children }: EditableTextProps) {
  const [draft, setDraft] = useState<{ text: string; version: number | undefined }>()
  const [saving, setSaving] = useState(false)

  if (!draft) {
    return (
      <div className={styles.shown}>
        {children}
        <Button
          small
          variant="quiet"
          icon={<PencilIcon />}
          aria-label={`Edit ${label}`}
          title={`Edit ${label}`}
          onClick={() => setDraft({ text: value, version })}
        />
      </div>
    )
  }

  const save = async () => {
    const text = draft.text.trim()
    if (text === value) {
      setDraft(undefined)
      return
    }
    setSaving(true)
    const saved = await onSave(text, draft.version ?? version)
    setSaving(false)
    // A refused draft stays; saving it once more is a decision made in view of the version then on the screen.
    setDraft(saved ? undefined : { text: draft.text, version: undefined })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setDraft(undefined)
    if (event.key === 'Enter' && (!multiline || event.metaKey || event.ctrlKey)) void save()
  }
  const shared = {
    className: fieldStyles.input,
    value: draft.text,
    'aria-label': label,
    ref: focusOnce,
    onKeyDown,
    onChange: (event: { target: { value: string } }) => setDraft({ ...draft, text: event.target.value }),
  }
  return (
    <form
      className={styles.form}
      data-multiline={multiline || undefined}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {multiline ? <textarea rows={4} {...shared} /> : <input {...shared} />}
      <Button type="submit" variant="primary" small disabled={saving}>
        Save
      </Button>
      <Button small onClick={() => setDraft(undefined)}>
        Cancel
      </Button>
    </form>
  )
}

function focusOnce(element: HTMLElement | null): void {
  if (element && element.dataset.focused === undefined) {
    element.dataset.focused = ''
    element.focus()
  }
}
