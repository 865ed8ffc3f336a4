import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import { Segments } from '../../ui/Segments'
import {
  newTerm,
  type ParameterDraft,
  type Relation,
  type SpaceConstraintDraft,
  type TermDraft,
} from './drafts'
import { ParameterSelect } from './ParameterSelect'
import styles from './SpaceConstraints.module.css'

export interface ConstraintFieldsProps {
  constraint: SpaceConstraintDraft
  /** What may be chosen. */
  numbers: readonly ParameterDraft[]
  path: string
  problems: Problems
  onChange: (constraint: SpaceConstraintDraft) => void
}

const relationLabels: Readonly<Record<Relation, string>> = {
  atMost: 'at most',
  atLeast: 'at least',
  equals: 'equals',
  between: 'between',
}

/** A weighted sum and its bounds. */
export function SumFields({ constraint, numbers, path, problems, onChange }: ConstraintFieldsProps) {
  const { terms, relation } = constraint
  const replace = (index: number, part: Partial<TermDraft>) => {
    const known = terms[index]
    if (known) onChange({ ...constraint, terms: terms.with(index, { ...known, ...part }) })
  }
  const unused = numbers.find(({ key }) => !terms.some(({ parameter }) => parameter === key))
  return (
    <div className={styles.sum}>
      <ul className={styles.terms} aria-label="Summed parameters">
        {terms.map((term, index) => (
          <li key={term.key}>
            <Field
              quiet
              label={`Factor ${index + 1}`}
              error={problemAt(problems, `${path}.terms.${index}.coefficient`)}
            >
              {(parts) => (
                <input
                  {...parts}
                  inputMode="decimal"
                  title="How much of it counts; below 0 it is subtracted."
                  value={term.coefficient}
                  onChange={(event) => replace(index, { coefficient: event.target.value })}
                />
              )}
            </Field>
            <span aria-hidden="true">×</span>
            <ParameterSelect
              label={`Parameter ${index + 1} of the sum`}
              value={term.parameter}
              numbers={numbers}
              error={problemAt(problems, `${path}.terms.${index}.parameter`)}
              onChange={(parameter) => replace(index, { parameter })}
            />
            <Button
              small
              variant="quiet"
              icon={<CrossIcon />}
              aria-label={`Remove parameter ${index + 1} of the sum`}
              disabled={terms.length === 1}
              onClick={() => onChange({ ...constraint, terms: terms.toSpliced(index, 1) })}
            />
          </li>
        ))}
      </ul>
      {unused && (
        <div className={styles.more}>
          <Button
            small
            variant="quiet"
            icon={<PlusIcon />}
            onClick={() => onChange({ ...constraint, terms: [...terms, newTerm(unused.key)] })}
          >
            Add to the sum
          </Button>
        </div>
      )}
      <div className={styles.relation}>
        <Segments
          label="The sum is"
          options={relationLabels}
          value={relation}
          onChange={(next) => onChange({ ...constraint, relation: next })}
        />
        <Bound
          label={relation === 'between' ? 'Least sum' : 'Sum'}
          value={constraint.bound}
          error={problemAt(problems, `${path}.${relation === 'between' ? 'atLeast' : relation}`)}
          onChange={(bound) => onChange({ ...constraint, bound })}
        />
        {relation === 'between' && (
          <>
            <span>and</span>
            <Bound
              label="Greatest sum"
              value={constraint.upper}
              error={problemAt(problems, `${path}.atMost`)}
              onChange={(upper) => onChange({ ...constraint, upper })}
            />
          </>
        )}
        <span>results may miss it by</span>
        <Bound
          label="Results may miss it by"
          value={constraint.tolerance}
          error={problemAt(problems, `${path}.tolerance`)}
          onChange={(tolerance) => onChange({ ...constraint, tolerance })}
        />
      </div>
    </div>
  )
}

interface BoundProps {
  label: string
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

function Bound({ label, value, error, onChange }: BoundProps) {
  return (
    <div className={styles.bound}>
      <Field quiet label={label} error={error}>
        {(parts) => (
          <input
            {...parts}
            inputMode="decimal"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
    </div>
  )
}
