import { Field } from '../../ui/Field'
import type { ParameterDraft } from './drafts'
import styles from './Editors.module.css'
import { listItems } from './toSpace'

interface KindFieldsProps {
  parameter: ParameterDraft
  /** Whether it may be held at one value. */
  fixable: boolean
  at: (field: string) => string | undefined
  onChange: (parameter: ParameterDraft) => void
}

/** What a parameter may be: a range, or a list of values; and the one of them that it is held at. */
export function KindFields(props: KindFieldsProps) {
  switch (props.parameter.kind) {
    case 'float':
    case 'int':
      return <RangeFields {...props} />
    case 'categorical':
      return <ListField {...props} field="choices" label="Choices" placeholder="THF, DMF, toluene" />
    case 'ordinal':
      return (
        <ListField {...props} field="levels" label="Levels, lowest first" placeholder="low, medium, high" />
      )
  }
}

/** The one value that is tried from here on. */
function FixedField({ parameter, at, onChange }: KindFieldsProps) {
  const change = (fixed: string) => onChange({ ...parameter, fixed })
  const items =
    parameter.kind === 'categorical' || parameter.kind === 'ordinal' ? listItems(parameter.values) : undefined
  return (
    <Field label="Fixed at" optional error={at('fixed')}>
      {(parts) =>
        items ? (
          <select {...parts} value={parameter.fixed} onChange={(event) => change(event.target.value)}>
            <option value="">any</option>
            {parameter.fixed !== '' && !items.includes(parameter.fixed) && (
              <option value={parameter.fixed}>{parameter.fixed}</option>
            )}
            {items.map((item) => (
              <option key={item} value={item}>
                {item}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...parts}
            inputMode="decimal"
            placeholder="any"
            value={parameter.fixed}
            onChange={(event) => change(event.target.value)}
          />
        )
      }
    </Field>
  )
}

const numberFields = { low: 'Low', high: 'High', step: 'Step' } as const

function RangeFields(props: KindFieldsProps) {
  const { parameter, fixable, at, onChange } = props
  return (
    <>
      {(Object.keys(numberFields) as (keyof typeof numberFields)[]).map((field) => (
        <Field key={field} label={numberFields[field]} optional={field === 'step'} error={at(field)}>
          {(parts) => (
            <input
              {...parts}
              inputMode="decimal"
              value={parameter[field]}
              onChange={(event) => onChange({ ...parameter, [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
      {fixable && <FixedField {...props} />}
      <label className={styles.check} title="For parameters that matter by factors, such as a concentration.">
        <input
          type="checkbox"
          checked={parameter.log}
          onChange={(event) => onChange({ ...parameter, log: event.target.checked })}
        />
        Log scale
      </label>
    </>
  )
}

interface ListFieldProps extends KindFieldsProps {
  field: 'choices' | 'levels'
  label: string
  placeholder: string
}

function ListField(props: ListFieldProps) {
  const { parameter, fixable, at, onChange, field, label, placeholder } = props
  return (
    <>
      <Field
        label={label}
        hint="Separated by commas. Put a number in quotes to keep it a text."
        error={at(field)}
      >
        {(parts) => (
          <input
            {...parts}
            placeholder={placeholder}
            value={parameter.values}
            onChange={(event) => onChange({ ...parameter, values: event.target.value })}
          />
        )}
      </Field>
      {fixable && <FixedField {...props} />}
    </>
  )
}
