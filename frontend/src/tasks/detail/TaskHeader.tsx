import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { TaskDetailFragment, TaskStatus } from '../../gql/graphql'
import { Button } from '../../ui/Button'
import { EditableText } from '../../ui/EditableText'
import { MoreIcon, PauseIcon, PlayIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { CloneDialog } from '../clone/CloneDialog'
import { ClonedFrom } from '../clone/ClonedFrom'
import { StatusBadge } from '../StatusBadge'
import { transitionVerb, transitionWords } from '../status'
import { TagsEditor } from '../tags/TagsEditor'
import { Breadcrumb } from '../tree/Breadcrumb'
import type { useTaskActions } from '../useTaskActions'
import styles from './TaskHeader.module.css'
import type { SaveTask } from './useSaveTask'

interface TaskHeaderProps {
  task: TaskDetailFragment
  actions: ReturnType<typeof useTaskActions>
  save: SaveTask
  onSaved: (task: TaskDetailFragment) => void
  /** Beside the buttons of the task's life. */
  extra: ReactNode
}

export function TaskHeader({ task, actions, save, onSaved, extra }: TaskHeaderProps) {
  return (
    <header className={styles.header}>
      <Breadcrumb task={task} onSaved={onSaved} />
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
      <TagsEditor task={task} onSaved={onSaved} />
      {task.clonedFrom !== null && <ClonedFrom taskId={task.clonedFrom} />}
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

function Transitions({ task, actions, extra }: Omit<TaskHeaderProps, 'save' | 'onSaved'>) {
  const navigate = useNavigate()
  const [cloning, setCloning] = useState(false)
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
            onSelect: () => actions.move(task, to, 'always'),
          })),
          {
            label: 'New part…',
            onSelect: () => void navigate({ to: '/tasks/new', search: { parent: task.id } }),
          },
          { label: 'Clone…', onSelect: () => setCloning(true) },
          { label: 'Delete…', danger: true, onSelect: () => actions.remove(task) },
        ]}
      />
      {cloning && <CloneDialog task={task} onClose={() => setCloning(false)} />}
    </div>
  )
}
