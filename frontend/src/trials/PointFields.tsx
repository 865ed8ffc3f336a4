import type { ParameterPartsFragment } from '../gql/graphql'
import { type Problems, problemAt } from '../graphql/problems'
import { Field } from '../ui/Field'
import styles from './PointFields.module.css'
import { activeParameters, bounds, choicesOf, type PointTexts } from './pointForm'

interface PointFieldsProps {
  parameters: readonly ParameterPartsFragment[]
  texts: PointTexts
  /** By the parameter's name. */
  problems: Problems
  onChange: (texts: PointTexts) => void
}

/** A field for each parameter that exists with the values so far, in which a point is typed. */
export function PointFields({ parameters, texts, problems, onChange }: PointFieldsProps) {
  return (
    <div className={styles.fields}>
      {activeParameters(parameters, texts).map((parameter) => (
        <Field
          key={parameter.name}
          label={parameter.name}
          hint={parameter.fixed === null ? undefined : 'Fixed by the space.'}
          error={problemAt(problems, parameter.name)}
        >
          {(parts) => (
            <ValueInput
              parameter={parameter}
              parts={parts}
              text={texts[parameter.name] ?? ''}
              onChange={(text) => onChange({ ...texts, [parameter.name]: text })}
            />
          )}
        </Field>
      ))}
    </div>
  )
}

interface ValueInputProps {
  parameter: ParameterPartsFragment
  parts: object
  text: string
  onChange: (text: string) => void
}

function ValueInput({ parameter, parts, text, onChange }: ValueInputProps) {
  if (parameter.fixed !== null) return <input {...parts} readOnly value={String(parameter.fixed)} />
  const choices = choicesOf(parameter)
  if (!choices) {
    const { low, high } = bounds(parameter)
    return (
      <input
        {...parts}
        inputMode="decimal"
        autoComplete="off"
        placeholder={`${low} to ${high}`}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  return (
    <select {...parts} value={text} onChange={(event) => onChange(event.target.value)}>
      <option value="">Choose…</option>
      {choices.map((choice, index) => (
        <option key={String(choice)} value={index}>
          {String(choice)}
        </option>
      ))}
    </select>
  )
}
