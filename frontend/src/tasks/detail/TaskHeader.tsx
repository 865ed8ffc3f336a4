import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { TaskDetailFragment, TaskStatus } from '../../gql/graphql'
import { Button } from '../../ui/Button'
import { EditableText } from '../../ui/EditableText'
import { MoreIcon, PauseIcon, PlayIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { StatusBadge } from '../StatusBadge'
import { transitionVerb, transitionWords } from '../status'
import type { useTaskActions } from '../useTaskActions'
import styles from './TaskHeader.module.css'
import type { SaveTask } from './useSaveTask'

interface TaskHeaderProps {
  task: TaskDetailFragment
  actions: ReturnType<typeof useTaskActions>
  save: SaveTask
  /** Beside the buttons of the task's life. */
  extra: ReactNode
}

export function TaskHeader({ task, actions, save, extra }: TaskHeaderProps) {
  return (
    <header className={styles.header}>
      <nav className={styles.crumbs} aria-label="Breadcrumb">
        <Link to="/">Tasks</Link> <span aria-hidden="true">/</span>
      </nav>
      <div className={styles.line}>
        <div className={styles.title}>
          <EditableText
            label="name"
            value={task.name}
            version={task.version}
            onSave={(name, version) => save({ name }, version)}
          >
            <h1 data-testid="task-name">{task.name}</h1>
          </EditableText>
          <StatusBadge status={task.status} />
        </div>
        <Transitions task={task} actions={actions} extra={extra} />
      </div>
      {task.statusReason && (
        <p className={styles.reason}>
          <span>Reason:</span> {task.statusReason}
        </p>
      )}
      <EditableText
        label="description"
        multiline
        value={task.description}
        version={task.version}
        onSave={(description, version) => save({ description }, version)}
      >
        <p className={styles.description} data-empty={task.description === '' || undefined}>
          {task.description === '' ? 'Add a description' : task.description}
        </p>
      </EditableText>
    </header>
  )
}

const icons: Readonly<Record<TaskStatus, ReactNode>> = {
  CREATED: null,
  RUNNING: <PlayIcon />,
  PAUSED: <PauseIcon />,
  COMPLETED: null,
  FAILED: null,
}

function Transitions({ task, actions, extra }: Omit<TaskHeaderProps, 'save'>) {
  const direct = task.allowedTransitions.filter((to) => to !== 'FAILED')
  return (
    <div className={styles.transitions} data-testid="transitions">
      {extra}
      {direct.map((to) => (
        <Button
          key={to}
          variant={to === 'RUNNING' ? 'primary' : 'plain'}
          icon={icons[to]}
          title={transitionWords[to].meaning}
          onClick={() => actions.move(task, to)}
        >
          {transitionVerb(task.status, to)}
        </Button>
      ))}
      <Menu
        label="More actions"
        icon={<MoreIcon />}
        items={[
          ...task.allowedTransitions.map((to) => ({
            label: `${transitionVerb(task.status, to)} with a reason…`,
            onSelect: () => actions.move(task, to, true),
          })),
          { label: 'Delete…', danger: true, onSelect: () => actions.remove(task) },
        ]}
      />
    </div>
  )
}
