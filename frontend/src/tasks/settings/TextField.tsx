import type { ReactNode } from 'react'
import { type Problems, problemAt } from '../../graphql/problems'
import { Field } from '../../ui/Field'

interface TextFieldProps {
  label: ReactNode
  path: string
  problems: Problems
  value: string
  onChange: (value: string) => void
  placeholder?: string
  hint?: ReactNode
  mode?: 'decimal' | 'numeric' | 'text'
  type?: 'text' | 'datetime-local'
}

/** One line of a settings form; `path` is where the server has it in its input. */
export function TextField(props: TextFieldProps) {
  const { label, path, problems, value, onChange, placeholder, hint, mode = 'text', type = 'text' } = props
  return (
    <Field label={label} hint={hint} error={problemAt(problems, path)}>
      {(parts) => (
        <input
          {...parts}
          type={type}
          inputMode={mode}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
