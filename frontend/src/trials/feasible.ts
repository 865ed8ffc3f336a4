import type { ConstraintPartsFragment } from '../gql/graphql'
import { formatNumber } from '../ui/format'
import type { Trial } from './trial'

type Constraint = ConstraintPartsFragment

/** The constraints that a result breaks; none without a result. What is not known here breaks nothing. */
export function brokenConstraints(trial: Trial, constraints: readonly Constraint[]): readonly Constraint[] {
  if (trial.state !== 'COMPLETED') return []
  return constraints.filter(({ name, atMost, atLeast }) => {
    const value = trial.values.get(name) ?? trial.metrics.get(name)
    if (value === undefined) return false
    return (atMost !== null && value > atMost) || (atLeast !== null && value < atLeast)
  })
}

/** What a result is good for: it may be the best, or is left out, or lies outside of the present space. */
export type Standing = 'counting' | 'left out' | 'outside'

/** Of a completed trial. What is left out stays so, wherever it lies. */
export function standing(trial: Trial, constraints: readonly Constraint[]): Standing {
  if (trial.excluded || brokenConstraints(trial, constraints).length > 0) return 'left out'
  return trial.inSpace ? 'counting' : 'outside'
}

/** `cost at most 5`, `purity from 0.9 to 1`. */
export function constraintText({ name, atMost, atLeast }: Constraint): string {
  if (atMost !== null && atLeast !== null) {
    return `${name} from ${formatNumber(atLeast)} to ${formatNumber(atMost)}`
  }
  if (atMost !== null) return `${name} at most ${formatNumber(atMost)}`
  return `${name} at least ${formatNumber(atLeast ?? 0)}`
}
