import type { ConstraintPartsFragment } from '../gql/graphql'
import { Tag } from '../ui/Tag'
import { useNow } from '../ui/useNow'
import { brokenConstraints, constraintText } from './feasible'
import { formatCountdown } from './lease'
import styles from './TrialMarks.module.css'
import type { Trial } from './trial'

interface TrialMarksProps {
  trial: Trial
  isBest: boolean
  onFront: boolean
  constraints: readonly ConstraintPartsFragment[]
}

/** What is special about a trial, in short words. */
export function TrialMarks({ trial, isBest, onFront, constraints }: TrialMarksProps) {
  const broken = brokenConstraints(trial, constraints)
  return (
    <span className={styles.marks}>
      {isBest && <Tag tone="accent">best</Tag>}
      {onFront && (
        <Tag tone="accent" title="No other trial is better in one objective and as good in all others.">
          front
        </Tag>
      )}
      {trial.excluded && (
        <Tag tone="warn" title={trial.exclusionReason ?? 'Left out of the optimization.'}>
          excluded
        </Tag>
      )}
      {!trial.inSpace && (
        <Tag
          tone="warn"
          title="Its point lies outside of the space that the task has now. The result is kept, but cannot be the best."
        >
          outside
        </Tag>
      )}
      {broken.length > 0 && (
        <Tag tone="bad" title={`Wanted: ${broken.map(constraintText).join(', ')}.`}>
          infeasible
        </Tag>
      )}
      {constraints.length > 0 && trial.state === 'COMPLETED' && broken.length === 0 && (
        <Tag tone="good" title={`Keeps: ${constraints.map(constraintText).join(', ')}.`}>
          feasible
        </Tag>
      )}
      {trial.late && (
        <Tag tone="warn" title="The result came after the lease or the task had ended.">
          late
        </Tag>
      )}
      {trial.corrected && (
        <Tag title="The values were corrected; the old ones are in its details.">corrected</Tag>
      )}
      {trial.attached && (
        <Tag title="Further results that do not count are in its details.">more results</Tag>
      )}
      {trial.state === 'WAITING' && trial.availableAt !== undefined && <Retry at={trial.availableAt} />}
    </span>
  )
}

function Retry({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  if (left <= 0) return null
  return (
    <Tag tone="warn" title={`It is tried again from ${new Date(at).toLocaleString()} on.`}>
      again in {formatCountdown(left)}
    </Tag>
  )
}
