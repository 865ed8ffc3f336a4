import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, DownIcon, UpIcon } from '../../ui/icons'
import { Segments } from '../../ui/Segments'
import { ConditionFields, conditionFields } from './ConditionFields'
import { type ParameterDraft, type ParameterKind, parameterKindLabels, parameterKindMeanings } from './drafts'
import styles from './Editors.module.css'
import { rowProblem } from './problems'

interface ParameterRowProps {
  parameter: ParameterDraft
  /** Those above it: what it may depend on. */
  earlier: readonly ParameterDraft[]
  index: number
  count: number
  path: string
  problems: Problems
  onChange: (parameter: ParameterDraft) => void
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

/** The fields of each kind, as the server names them. */
const fieldsOf: Readonly<Record<ParameterKind, readonly string[]>> = {
  float: ['name', 'low', 'high', 'step', 'log'],
  int: ['name', 'low', 'high', 'step', 'log'],
  categorical: ['name', 'choices'],
  ordinal: ['name', 'levels'],
}

export function ParameterRow(props: ParameterRowProps) {
  const { parameter, earlier, index, count, path, problems, onChange, onMove, onRemove } = props
  const { kind } = parameter
  const at = (field: string) => problemAt(problems, `${path}.${kind}.${field}`)
  const whole = rowProblem(
    problems,
    path,
    [...fieldsOf[kind], ...conditionFields].map((field) => `${kind}.${field}`),
  )
  return (
    <li className={styles.row} aria-label={`Parameter ${index + 1}`} data-testid="parameter-row">
      <div className={styles.rowHead}>
        <Segments
          label="Kind"
          options={parameterKindLabels}
          value={kind}
          onChange={(next) => onChange({ ...parameter, kind: next })}
        />
        <div className={styles.rowButtons}>
          <Button
            small
            variant="quiet"
            icon={<UpIcon />}
            aria-label="Move up"
            disabled={index === 0}
            onClick={() => onMove(-1)}
          />
          <Button
            small
            variant="quiet"
            icon={<DownIcon />}
            aria-label="Move down"
            disabled={index === count - 1}
            onClick={() => onMove(1)}
          />
          <Button
            small
            variant="quiet"
            icon={<CrossIcon />}
            aria-label="Remove parameter"
            onClick={onRemove}
          />
        </div>
      </div>
      <p className={styles.meaning}>{parameterKindMeanings[kind]}</p>
      <div className={styles.rowFields} data-kind={kind}>
        <Field label="Name" error={at('name')}>
          {(parts) => (
            <input
              {...parts}
              value={parameter.name}
              spellCheck={false}
              autoCapitalize="off"
              onChange={(event) => onChange({ ...parameter, name: event.target.value })}
            />
          )}
        </Field>
        <KindFields parameter={parameter} at={at} onChange={onChange} />
      </div>
      <ConditionFields parameter={parameter} earlier={earlier} at={at} onChange={onChange} />
      {whole !== undefined && (
        <p className={styles.problem} role="alert">
          {whole}
        </p>
      )}
    </li>
  )
}

interface KindFieldsProps {
  parameter: ParameterDraft
  at: (field: string) => string | undefined
  onChange: (parameter: ParameterDraft) => void
}

function KindFields(props: KindFieldsProps) {
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

const numberFields = { low: 'Low', high: 'High', step: 'Step' } as const

function RangeFields({ parameter, at, onChange }: KindFieldsProps) {
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

function ListField({ parameter, at, onChange, field, label, placeholder }: ListFieldProps) {
  return (
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
  )
}
