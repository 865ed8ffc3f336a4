import type { RollUpPartsFragment } from '../../gql/graphql'
import { formatCount, formatNumber, formatShare } from '../../ui/format'
import { directionArrows, directionLabels } from '../status'
import { statusesText } from '../tree/words'
import styles from './BelowLine.module.css'

const shownObjectives = 3

/** What the tasks below a task have come to, taken together. */
export function BelowLine({ below }: { below: RollUpPartsFragment }) {
  const { taskCount, statuses, trialCounts, progress, best } = below
  return (
    <ul className={styles.below} data-testid="roll-up" aria-label="All tasks below it">
      <li>
        <b>{formatCount(taskCount)}</b> below: {statusesText(statuses)}
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
