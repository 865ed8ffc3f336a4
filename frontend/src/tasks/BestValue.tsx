import type { TaskRowFragment } from '../gql/graphql'
import { formatNumber } from '../ui/format'
import styles from './BestValue.module.css'
import { directionArrows, directionLabels } from './status'

/** The best value of a task with one objective, and what is optimised. */
export function BestValue({ task }: { task: Pick<TaskRowFragment, 'objectives' | 'bestValue'> }) {
  const [objective, ...others] = task.objectives
  if (!objective) return <span className={styles.none}>No objective</span>
  if (others.length > 0) {
    return (
      <span className={styles.none} title={task.objectives.map(({ name }) => name).join(', ')}>
        {task.objectives.length} objectives
      </span>
    )
  }
  return (
    <span className={styles.best}>
      <b data-testid="best-value">{task.bestValue === null ? '–' : formatNumber(task.bestValue)}</b>
      <span className={styles.objective} title={`${directionLabels[objective.direction]} ${objective.name}`}>
        <span aria-hidden="true">{directionArrows[objective.direction]} </span>
        <span className="visually-hidden">{directionLabels[objective.direction]} </span>
        {objective.name}
      </span>
    </span>
  )
}
