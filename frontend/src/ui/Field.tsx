import { type ReactNode, useId } from 'react'
import styles from './Field.module.css'

export interface FieldParts {
  id: string
  className: string | undefined
  'aria-invalid': boolean | undefined
  'aria-describedby': string | undefined
}

interface FieldProps {
  label: ReactNode
  optional?: boolean
  hint?: ReactNode
  error?: string | undefined
  /** The label is for screen readers only, for example where a column head is in view. */
  quiet?: boolean
  children: (parts: FieldParts) => ReactNode
}

/** A labelled control with its hint and what is wrong with it. */
export function Field({ label, optional, hint, error, quiet, children }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div>
      <label htmlFor={id} className={quiet ? 'visually-hidden' : styles.label}>
        {label}
        {optional && <span className={styles.optional}> optional</span>}
      </label>
      {children({
        id,
        className: styles.input,
        'aria-invalid': error !== undefined || undefined,
        'aria-describedby': note === undefined ? undefined : noteId,
      })}
      {note !== undefined && (
        <p
          id={noteId}
          className={error === undefined ? styles.hint : styles.error}
          role={error ? 'alert' : undefined}
        >
          {note}
        </p>
      )}
    </div>
  )
}
