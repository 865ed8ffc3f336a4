import type { Problems } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import {
  newMixture,
  newOrder,
  newSum,
  type ParameterDraft,
  type SpaceConstraintDraft,
  summable,
} from './drafts'
import editors from './Editors.module.css'
import { OrderFields } from './OrderFields'
import { rowProblem } from './problems'
import styles from './SpaceConstraints.module.css'
import { SumFields } from './SumFields'
import { constraintPath } from './toSpace'

interface SpaceConstraintsEditorProps {
  parameters: readonly ParameterDraft[]
  constraints: readonly SpaceConstraintDraft[]
  problems: Problems
  onChange: (constraints: readonly SpaceConstraintDraft[]) => void
}

/** What must hold between parameters, in every point. */
export function SpaceConstraintsEditor(props: SpaceConstraintsEditorProps) {
  const { parameters, constraints, problems, onChange } = props
  const numbers = summable(parameters)
  const add = (constraint: SpaceConstraintDraft) => onChange([...constraints, constraint])
  const few = numbers.length < 2
  return (
    <div className={styles.editor} data-testid="space-constraints">
      {constraints.map((constraint, index) => {
        const change = (next: SpaceConstraintDraft) => onChange(constraints.with(index, next))
        const parts = { constraint, numbers, path: constraintPath(index), problems, onChange: change }
        const whole = rowProblem(problems, constraintPath(index), ['terms', 'atLeast', 'atMost', 'equals'])
        return (
          <fieldset key={constraint.key} className={styles.constraint} data-testid="space-constraint">
            <legend className="visually-hidden">Constraint between parameters {index + 1}</legend>
            {constraint.kind === 'order' ? <OrderFields {...parts} /> : <SumFields {...parts} />}
            <Button
              small
              variant="quiet"
              icon={<CrossIcon />}
              aria-label="Remove constraint between parameters"
              onClick={() => onChange(constraints.toSpliced(index, 1))}
            />
            {whole !== undefined && (
              <p className={styles.problem} role="alert">
                {whole}
              </p>
            )}
          </fieldset>
        )
      })}
      {problems.has('parameterSpace.constraints') && (
        <p className={editors.problem} role="alert">
          {problems.get('parameterSpace.constraints')}
        </p>
      )}
      <div className={editors.add}>
        <span>Constrain</span>
        <Button
          small
          icon={<PlusIcon />}
          disabled={few}
          title="Shares of a whole: the numbers above add up to 1."
          onClick={() => add(newMixture(shares(numbers).map(({ key }) => key)))}
        >
          Mixture, sums to 1
        </Button>
        <Button
          small
          icon={<PlusIcon />}
          disabled={few}
          title="A sum of parameters that must not be too large or too small, such as the total of all additives."
          onClick={() => add(newSum(numbers.slice(0, 2).map(({ key }) => key)))}
        >
          Sum
        </Button>
        <Button
          small
          icon={<PlusIcon />}
          disabled={few}
          title="One parameter is never above another, such as the start of a ramp and its end."
          onClick={() => add(newOrder(numbers[0]?.key, numbers[1]?.key))}
        >
          x ≤ y
        </Button>
        {few && <span>needs two number parameters that always exist</span>}
      </div>
    </div>
  )
}

/** What looks like shares of a whole: numbers from 0 to 1; all numbers if there are none. */
function shares(numbers: readonly ParameterDraft[]): readonly ParameterDraft[] {
  const found = numbers.filter(
    ({ kind, low, high }) => kind === 'float' && Number(low) >= 0 && Number(high) <= 1,
  )
  return found.length >= 2 ? found : numbers
}
