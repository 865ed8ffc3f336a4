import styles from './Segments.module.css'

interface SegmentsProps<Option extends string> {
  label: string
  options: Readonly<Record<Option, string>>
  value: Option
  onChange: (value: Option) => void
}

/** A choice between a few options that are all in view. */
export function Segments<Option extends string>({ label, options, value, onChange }: SegmentsProps<Option>) {
  return (
    <fieldset className={styles.segments}>
      <legend className="visually-hidden">{label}</legend>
      {(Object.keys(options) as Option[]).map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {options[option]}
        </button>
      ))}
    </fieldset>
  )
}
