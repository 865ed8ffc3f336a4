import { Field } from '../../ui/Field'
import type { ParameterDraft } from './drafts'

interface ParameterSelectProps {
  label: string
  value: number | undefined
  numbers: readonly ParameterDraft[]
  error: string | undefined
  onChange: (key: number | undefined) => void
}

/** One of the number parameters, by its key. */
export function ParameterSelect({ label, value, numbers, error, onChange }: ParameterSelectProps) {
  const known = numbers.some(({ key }) => key === value)
  return (
    <Field quiet label={label} error={error}>
      {(parts) => (
        <select
          {...parts}
          value={known ? value : ''}
          onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        >
          {!known && <option value="">Choose…</option>}
          {numbers.map(({ key, name }, index) => (
            <option key={key} value={key}>
              {name.trim() || `Number ${index + 1}`}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
