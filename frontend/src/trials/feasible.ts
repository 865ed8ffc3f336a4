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

/** Whether the optimization learns from it as a good result. */
export function counts(trial: Trial, constraints: readonly Constraint[]): boolean {
  return trial.state === 'COMPLETED' && !trial.excluded && brokenConstraints(trial, constraints).length === 0
}

/** `cost at most 5`, `purity from 0.9 to 1`. */
export function constraintText({ name, atMost, atLeast }: Constraint): string {
  if (atMost !== null && atLeast !== null) {
    return `${name} from ${formatNumber(atLeast)} to ${formatNumber(atMost)}`
  }
  if (atMost !== null) return `${name} at most ${formatNumber(atMost)}`
  return `${name} at least ${formatNumber(atLeast ?? 0)}`
}
