import type { BelowPartsFragment } from '../../gql/graphql'
import { formatCount, formatNumber } from '../../ui/format'
import { directionArrows, directionLabels, statusLabels } from '../status'
import styles from './BelowLine.module.css'
import { formatShare } from './columns'

const shownObjectives = 3

/** What the tasks below a task have come to, taken together. */
export function BelowLine({ below }: { below: BelowPartsFragment }) {
  const { taskCount, statuses, trialCounts, progress, best } = below
  const states = statuses.map(
    ({ status, count }) => `${formatCount(count)} ${statusLabels[status].toLowerCase()}`,
  )
  return (
    <ul className={styles.below} data-testid="roll-up" aria-label="All tasks below it">
      <li>
        <b>{formatCount(taskCount)}</b> below: {states.join(', ')}
      </li>
      <li>
        {trialCounts.total === 0
          ? 'no trials yet'
          : `${formatCount(trialCounts.completed)} of ${formatCount(trialCounts.total)} trials completed`}
      </li>
      {progress !== null && <li>on average {formatShare(progress)} done</li>}
      {best.slice(0, shownObjectives).map(({ objective, direction, value }) => (
        <li key={`${objective} ${direction}`} title={`${directionLabels[direction]} ${objective}`}>
          <span aria-hidden="true">{directionArrows[direction]} </span>
          {objective} <b>{formatNumber(value)}</b>
        </li>
      ))}
    </ul>
  )
}
