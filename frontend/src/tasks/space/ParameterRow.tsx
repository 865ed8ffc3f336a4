import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, DownIcon, UpIcon } from '../../ui/icons'
import { Segments } from '../../ui/Segments'
import { ConditionFields, conditionFields } from './ConditionFields'
import { type ParameterDraft, type ParameterKind, parameterKindLabels, parameterKindMeanings } from './drafts'
import styles from './Editors.module.css'
import { KindFields } from './KindFields'
import { rowProblem } from './problems'

interface ParameterRowProps {
  parameter: ParameterDraft
  /** Those above it: what it may depend on. */
  earlier: readonly ParameterDraft[]
  index: number
  count: number
  path: string
  problems: Problems
  /** Points of it were tried: it stays what it is, only its values may change. */
  begun: boolean
  onChange: (parameter: ParameterDraft) => void
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

/** The fields of each kind, as the server names them. */
const fieldsOf: Readonly<Record<ParameterKind, readonly string[]>> = {
  float: ['name', 'low', 'high', 'step', 'log', 'fixed'],
  int: ['name', 'low', 'high', 'step', 'log', 'fixed'],
  categorical: ['name', 'choices', 'fixed'],
  ordinal: ['name', 'levels', 'fixed'],
}

export function ParameterRow(props: ParameterRowProps) {
  const { parameter, earlier, index, count, path, problems, begun, onChange, onMove, onRemove } = props
  const { kind } = parameter
  const fixable = begun || parameter.fixed !== ''
  const at = (field: string) => problemAt(problems, `${path}.${kind}.${field}`)
  const whole = rowProblem(
    problems,
    path,
    [...fieldsOf[kind], ...conditionFields].map((field) => `${kind}.${field}`),
  )
  return (
    <li className={styles.row} aria-label={`Parameter ${index + 1}`} data-testid="parameter-row">
      <div className={styles.rowHead}>
        {begun ? (
          <h3 className={styles.name}>{parameter.name}</h3>
        ) : (
          <Segments
            label="Kind"
            options={parameterKindLabels}
            value={kind}
            onChange={(next) => onChange({ ...parameter, kind: next })}
          />
        )}
        {!begun && <RowButtons index={index} count={count} onMove={onMove} onRemove={onRemove} />}
      </div>
      {!begun && <p className={styles.meaning}>{parameterKindMeanings[kind]}</p>}
      <div
        className={styles.rowFields}
        data-kind={kind}
        data-begun={begun || undefined}
        data-fixable={fixable || undefined}
      >
        {!begun && (
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
        )}
        <KindFields parameter={parameter} fixable={fixable} at={at} onChange={onChange} />
      </div>
      {(!begun || parameter.condition) && (
        <ConditionFields parameter={parameter} earlier={earlier} at={at} onChange={onChange} />
      )}
      {whole !== undefined && (
        <p className={styles.problem} role="alert">
          {whole}
        </p>
      )}
    </li>
  )
}

function RowButtons({
  index,
  count,
  onMove,
  onRemove,
}: Pick<ParameterRowProps, 'index' | 'count' | 'onMove' | 'onRemove'>) {
  return (
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
      <Button small variant="quiet" icon={<CrossIcon />} aria-label="Remove parameter" onClick={onRemove} />
    </div>
  )
}
