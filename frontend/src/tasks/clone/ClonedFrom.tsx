import { Link } from '@tanstack/react-router'
import { useTaskNames } from '../useTaskNames'
import styles from './CloneDialog.module.css'

/** Of which task this one was made; that may be gone by now. */
export function ClonedFrom({ taskId }: { taskId: string }) {
  const nameOf = useTaskNames([taskId])
  return (
    <p className={styles.note} data-testid="cloned-from">
      Cloned from{' '}
      <Link to="/tasks/$taskId" params={{ taskId }}>
        {nameOf(taskId)}
      </Link>
    </p>
  )
}
