import styles from './InlineSelect.module.css'

interface InlineSelectProps {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  onChange: (value: string) => void
}

/** A small choice with its label before it, as beside the title of a plot. */
export function InlineSelect({ label, value, options, onChange }: InlineSelectProps) {
  return (
    <label className={styles.choice}>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
