import { Link } from '@tanstack/react-router'
import type { TaskRowFragment } from '../../gql/graphql'
import { TrialCountsBar } from '../../trials/TrialCountsBar'
import { Ago } from '../../ui/Ago'
import { Button } from '../../ui/Button'
import { MoreIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { BestValue } from '../BestValue'
import { StatusBadge } from '../StatusBadge'
import { transitionVerb } from '../status'
import { strategyLabels } from '../strategy/words'
import type { useTaskActions } from '../useTaskActions'
import styles from './TaskTable.module.css'

type Actions = ReturnType<typeof useTaskActions>

interface TaskTableProps {
  tasks: readonly TaskRowFragment[]
  actions: Actions
  /** Rows of the previous filter, while those of the new one are read. */
  stale: boolean
}

export function TaskTable({ tasks, actions, stale }: TaskTableProps) {
  return (
    <div className={styles.frame} data-stale={stale || undefined}>
      <table className={styles.table} data-testid="task-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Status</th>
            <th scope="col">Best value</th>
            <th scope="col">Trials</th>
            <th scope="col">Strategy</th>
            <th scope="col">Updated</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <TaskTableRow key={task.id} task={task} actions={actions} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TaskTableRow({ task, actions }: { task: TaskRowFragment; actions: Actions }) {
  const deleted = task.deletedAt !== null
  return (
    <tr data-testid="task-row" data-task-id={task.id}>
      <th scope="row" className={styles.name}>
        {deleted ? (
          <span>{task.name}</span>
        ) : (
          <Link to="/tasks/$taskId" params={{ taskId: task.id }}>
            {task.name}
          </Link>
        )}
      </th>
      <td className={styles.status}>
        <StatusBadge status={task.status} />
      </td>
      <td className={styles.best}>
        <BestValue task={task} />
      </td>
      <td className={styles.trials}>
        <TrialCountsBar counts={task.trialCounts} />
      </td>
      <td className={styles.strategy}>{strategyLabels[task.strategy.kind]}</td>
      <td className={styles.updated}>
        <Ago at={task.updatedAt} />
      </td>
      <td className={styles.actions}>
        {deleted ? (
          <Button small onClick={() => actions.restore(task)}>
            Restore
          </Button>
        ) : (
          <Menu
            label={`Actions for ${task.name}`}
            icon={<MoreIcon />}
            items={[
              ...task.allowedTransitions.map((to) => ({
                label: transitionVerb(task.status, to),
                onSelect: () => actions.move(task, to),
              })),
              { label: 'Delete…', danger: true, onSelect: () => actions.remove(task) },
            ]}
          />
        )}
      </td>
    </tr>
  )
}
