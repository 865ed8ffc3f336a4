import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type TaskDetailFragment, type TaskStatus, UpdateTaskDocument } from '../../gql/graphql'
import { RequestFailure } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { EditableText } from '../../ui/EditableText'
import { MoreIcon, PauseIcon, PlayIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { toast, toastFailure } from '../../ui/toast'
import { StatusBadge } from '../StatusBadge'
import { transitionVerb, transitionWords } from '../status'
import type { useTaskActions } from '../useTaskActions'
import styles from './TaskHeader.module.css'

interface TaskHeaderProps {
  task: TaskDetailFragment
  actions: ReturnType<typeof useTaskActions>
  onSaved: (task: TaskDetailFragment) => void
  onConflict: () => void
}

export function TaskHeader({ task, actions, onSaved, onConflict }: TaskHeaderProps) {
  /** Compares with the version that was on the screen when editing began; true when it was saved. */
  const save = async (
    change: { name: string } | { description: string },
    version: number,
  ): Promise<boolean> => {
    try {
      const { updateTask } = await request(UpdateTaskDocument, {
        input: { id: task.id, expectedVersion: version, ...change },
      })
      onSaved(updateTask.task)
      return true
    } catch (thrown) {
      toastFailure(thrown)
      if (thrown instanceof RequestFailure && thrown.code === 'VERSION_CONFLICT') {
        toast('bad', 'The task was read again. Look at what changed, then save once more.')
        onConflict()
      }
      return false
    }
  }

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
        <Transitions task={task} actions={actions} />
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

function Transitions({ task, actions }: Pick<TaskHeaderProps, 'task' | 'actions'>) {
  const direct = task.allowedTransitions.filter((to) => to !== 'FAILED')
  return (
    <div className={styles.transitions} data-testid="transitions">
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
