import type { TaskStatus } from '../gql/graphql'
import styles from './StatusBadge.module.css'
import { statusLabels } from './status'

export function StatusBadge({ status }: { status: TaskStatus }) {
  return (
    <span className={styles.badge} data-status={status} data-testid="status">
      <span className={styles.dot} aria-hidden="true" />
      {statusLabels[status]}
    </span>
  )
}
