import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import styles from './Condition.module.css'
import { type ConditionDraft, newCondition, type ParameterDraft } from './drafts'
import { listItems } from './toSpace'

/** The fields of a condition, as the server names them within a parameter. */
export const conditionFields = ['parameter', 'oneOf', 'atLeast', 'atMost'].map(
  (field) => `condition.${field}`,
)

interface ConditionFieldsProps {
  parameter: ParameterDraft
  earlier: readonly ParameterDraft[]
  at: (field: string) => string | undefined
  onChange: (parameter: ParameterDraft) => void
}

/** When the parameter exists at all: depending on one above it. */
export function ConditionFields({ parameter, earlier, at, onChange }: ConditionFieldsProps) {
  const { condition } = parameter
  const change = (next: ConditionDraft | undefined) => onChange({ ...parameter, condition: next })
  const first = earlier[0]
  if (!condition) {
    if (!first) return null
    return (
      <div className={styles.begin}>
        <Button
          small
          variant="quiet"
          icon={<PlusIcon />}
          title="For a parameter that makes sense only with some values of another, such as the amount of a base that only some routes use."
          onClick={() => change(newCondition(first.key))}
        >
          Only if…
        </Button>
      </div>
    )
  }
  const parent = earlier.find(({ key }) => key === condition.parent)
  return (
    <fieldset className={styles.condition} data-testid="condition">
      <legend className="visually-hidden">Condition</legend>
      <div className={styles.parent}>
        <Field label="Only if" error={at('condition.parameter')}>
          {(parts) => (
            <select
              {...parts}
              value={parent?.key ?? ''}
              onChange={(event) => change(newCondition(Number(event.target.value)))}
            >
              {!parent && <option value="">Choose…</option>}
              {earlier.map(({ key, name }, index) => (
                <option key={key} value={key}>
                  {name.trim() || `Parameter ${index + 1}`}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {parent && <Values parent={parent} condition={condition} at={at} onChange={change} />}
      <Button
        small
        variant="quiet"
        icon={<CrossIcon />}
        aria-label="Remove condition"
        onClick={() => change(undefined)}
      />
    </fieldset>
  )
}

interface ValuesProps {
  parent: ParameterDraft
  condition: ConditionDraft
  at: ConditionFieldsProps['at']
  onChange: (condition: ConditionDraft) => void
}

function Values({ parent, condition, at, onChange }: ValuesProps) {
  switch (parent.kind) {
    case 'categorical':
    case 'ordinal':
      return <OneOf parent={parent} condition={condition} at={at} onChange={onChange} />
    case 'float':
    case 'int':
      return <Between parent={parent} condition={condition} at={at} onChange={onChange} />
  }
}

function OneOf({ parent, condition, at, onChange }: ValuesProps) {
  const values = [...new Set(listItems(parent.values))]
  const problem = at('condition.oneOf')
  return (
    <fieldset className={styles.values} aria-invalid={problem !== undefined || undefined} tabIndex={-1}>
      <legend>is one of</legend>
      {values.length === 0 && <p className={styles.none}>It has no choices yet.</p>}
      {values.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={condition.oneOf.includes(value)}
            onChange={(event) =>
              onChange({
                ...condition,
                oneOf: event.target.checked
                  ? [...condition.oneOf, value]
                  : condition.oneOf.filter((one) => one !== value),
              })
            }
          />
          {value.replace(/^"(.*)"$/, '$1')}
        </label>
      ))}
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  )
}

const bounds = { atLeast: 'is at least', atMost: 'and at most' } as const

function Between({ parent, condition, at, onChange }: ValuesProps) {
  return (
    <div className={styles.bounds}>
      {(Object.keys(bounds) as (keyof typeof bounds)[]).map((field) => (
        <Field key={field} label={bounds[field]} error={at(`condition.${field}`)}>
          {(parts) => (
            <input
              {...parts}
              inputMode="decimal"
              placeholder="any"
              value={condition[field]}
              onChange={(event) => onChange({ ...condition, [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
      {parent.kind === 'int' && (
        <Field label="or is one of" error={at('condition.oneOf')}>
          {(parts) => (
            <input
              {...parts}
              placeholder="such as 1, 3"
              value={condition.numbers}
              onChange={(event) => onChange({ ...condition, numbers: event.target.value })}
            />
          )}
        </Field>
      )}
    </div>
  )
}
