import { useId } from 'react'
import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import { type ConstraintDraft, newConstraint } from './drafts'
import styles from './Settings.module.css'

interface ConstraintsEditorProps {
  constraints: readonly ConstraintDraft[]
  /** What may be meant, beside a metric. */
  objectives: readonly string[]
  problems: Problems
  onChange: (constraints: readonly ConstraintDraft[]) => void
}

const fields = { name: 'Objective or metric', atLeast: 'At least', atMost: 'At most' } as const

export function ConstraintsEditor({ constraints, objectives, problems, onChange }: ConstraintsEditorProps) {
  const namesId = useId()
  return (
    <div className={styles.stack}>
      <datalist id={namesId}>
        {objectives.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {constraints.map((constraint, index) => (
        <fieldset key={constraint.key} className={styles.constraint}>
          <legend className="visually-hidden">Constraint {index + 1}</legend>
          {(Object.keys(fields) as (keyof typeof fields)[]).map((name) => (
            <Field
              key={name}
              label={fields[name]}
              error={
                problemAt(problems, `constraints.${index}.${name}`) ??
                (name === 'name' ? problems.get(`constraints.${index}`) : undefined)
              }
            >
              {(parts) => (
                <input
                  {...parts}
                  list={name === 'name' ? namesId : undefined}
                  inputMode={name === 'name' ? 'text' : 'decimal'}
                  autoComplete="off"
                  spellCheck={false}
                  value={constraint[name]}
                  onChange={(event) =>
                    onChange(constraints.with(index, { ...constraint, [name]: event.target.value }))
                  }
                />
              )}
            </Field>
          ))}
          <Button
            small
            variant="quiet"
            icon={<CrossIcon />}
            aria-label="Remove constraint"
            onClick={() => onChange(constraints.toSpliced(index, 1))}
          />
        </fieldset>
      ))}
      {problems.has('constraints') && (
        <p className={styles.problem} role="alert">
          {problems.get('constraints')}
        </p>
      )}
      <div>
        <Button small icon={<PlusIcon />} onClick={() => onChange([...constraints, newConstraint()])}>
          Add constraint
        </Button>
      </div>
    </div>
  )
}
