import { useId } from 'react'
import styles from './Choice.module.css'

interface ChoiceProps<Option extends string> {
  label: string
  /** None until one is chosen. */
  value: Option | undefined
  options: readonly (readonly [option: Option, label: string, meaning: string])[]
  onChange: (option: Option) => void
}

/** A choice between a few things that each need a sentence. */
export function Choice<Option extends string>({ label, value, options, onChange }: ChoiceProps<Option>) {
  const name = useId()
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      {options.map(([option, text, meaning]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span>
            {text}
            <small>{meaning}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
