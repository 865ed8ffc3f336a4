import { problemAt } from '../../graphql/problems'
import type { TermDraft } from './drafts'
import { ParameterSelect } from './ParameterSelect'
import styles from './SpaceConstraints.module.css'
import type { ConstraintFieldsProps } from './SumFields'

const places = ['The smaller parameter', 'The greater parameter'] as const

/** One parameter that is never above another. */
export function OrderFields({ constraint, numbers, path, problems, onChange }: ConstraintFieldsProps) {
  const choose = (term: TermDraft, index: number, parameter: number | undefined) =>
    onChange({ ...constraint, terms: constraint.terms.with(index, { ...term, parameter }) })
  return (
    <div className={styles.order}>
      {constraint.terms.map((term, index) => (
        <ParameterSelect
          key={term.key}
          label={places[index] ?? ''}
          value={term.parameter}
          numbers={numbers}
          error={problemAt(problems, `${path}.terms.${index}`)}
          onChange={(parameter) => choose(term, index, parameter)}
        />
      ))}
      <span className={styles.sign} aria-hidden="true">
        ≤
      </span>
    </div>
  )
}
