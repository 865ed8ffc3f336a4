import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { TaskDetailFragment } from '../../gql/graphql'
import { Button } from '../../ui/Button'
import { PencilIcon } from '../../ui/icons'
import styles from './Breadcrumb.module.css'
import { MoveDialog } from './MoveDialog'

interface BreadcrumbProps {
  task: TaskDetailFragment
  onSaved: (task: TaskDetailFragment) => void
}

/** The tasks that this one is a part of, the root first; with a way to put it elsewhere. */
export function Breadcrumb({ task, onSaved }: BreadcrumbProps) {
  const [moving, setMoving] = useState(false)
  return (
    <nav className={styles.crumbs} aria-label="Breadcrumb" data-testid="breadcrumb">
      <Link to="/">Tasks</Link>
      {task.ancestors.map(({ id, name }) => (
        <span key={id}>
          <span aria-hidden="true">/ </span>
          <Link to="/tasks/$taskId" params={{ taskId: id }}>
            {name}
          </Link>
        </span>
      ))}
      <span aria-hidden="true">/</span>
      <Button
        small
        variant="quiet"
        icon={<PencilIcon />}
        aria-label="Change the parent"
        title="Change the parent"
        onClick={() => setMoving(true)}
      />
      {moving && <MoveDialog task={task} onSaved={onSaved} onClose={() => setMoving(false)} />}
    </nav>
  )
}
