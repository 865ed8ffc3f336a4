import { type Problems, problemAt } from '../../graphql/problems'
import { Field } from '../../ui/Field'
import styles from './Hands.module.css'

type Texts = Readonly<Record<string, string>>

interface MeasuredFieldsProps {
  objectives: readonly { name: string }[]
  values: Texts
  deviations: Texts
  /** Where the server has the values in its input. */
  path: string
  problems: Problems
  onChange: (part: { values?: Texts; deviations?: Texts }) => void
}

/** For each objective a value and, if it is known, the standard deviation. */
export function MeasuredFields({
  objectives,
  values,
  deviations,
  path,
  problems,
  onChange,
}: MeasuredFieldsProps) {
  return (
    <>
      {objectives.map(({ name }, index) => (
        <div key={name} className={styles.measured}>
          <Field label={name} error={problemAt(problems, `${path}.${index}.value`)}>
            {(parts) => (
              <input
                {...parts}
                data-autofocus={index === 0 || undefined}
                inputMode="decimal"
                autoComplete="off"
                value={values[name] ?? ''}
                onChange={(event) => onChange({ values: { ...values, [name]: event.target.value } })}
              />
            )}
          </Field>
          <Field
            label={
              <>
                <span aria-hidden="true">± </span>
                <span className="visually-hidden">{name}, </span>standard deviation
              </>
            }
            error={problemAt(problems, `${path}.${index}.standardDeviation`)}
          >
            {(parts) => (
              <input
                {...parts}
                inputMode="decimal"
                autoComplete="off"
                placeholder="optional"
                value={deviations[name] ?? ''}
                onChange={(event) => onChange({ deviations: { ...deviations, [name]: event.target.value } })}
              />
            )}
          </Field>
        </div>
      ))}
    </>
  )
}
