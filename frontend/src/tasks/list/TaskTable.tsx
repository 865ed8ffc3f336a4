import { Link } from '@tanstack/react-router'
import type { SortDirection, TaskRowFragment, TaskSortKey } from '../../gql/graphql'
import { TrialCountsBar } from '../../trials/TrialCountsBar'
import { Ago } from '../../ui/Ago'
import { Button } from '../../ui/Button'
import { DownIcon, MoreIcon, UpIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { Tag } from '../../ui/Tag'
import { BestValue } from '../BestValue'
import { StatusBadge } from '../StatusBadge'
import { transitionVerb } from '../status'
import { strategyLabels } from '../strategy/words'
import type { useTaskActions } from '../useTaskActions'
import { type ListSort, sortAfterClick } from './sort'
import styles from './TaskTable.module.css'

type Actions = ReturnType<typeof useTaskActions>

interface TaskTableProps {
  tasks: readonly TaskRowFragment[]
  actions: Actions
  /** Rows of the previous filter, while those of the new one are read. */
  stale: boolean
  sort: ListSort
  onSort: (sort: ListSort) => void
}

const ariaSort: Readonly<Record<SortDirection, 'ascending' | 'descending'>> = {
  ASCENDING: 'ascending',
  DESCENDING: 'descending',
}

export function TaskTable({ tasks, actions, stale, sort, onSort }: TaskTableProps) {
  const head = (by: TaskSortKey, label: string, className?: string) => (
    <SortHead by={by} label={label} className={className} sort={sort} onSort={onSort} />
  )
  return (
    <div className={styles.frame} data-stale={stale || undefined}>
      <table className={styles.table} data-testid="task-table">
        <thead>
          <tr>
            {head('NAME', 'Name')}
            {head('STATUS', 'Status')}
            {head('BEST_VALUE', 'Best value')}
            {head('PROGRESS', 'Trials')}
            <th scope="col" className={styles.strategy}>
              Strategy
            </th>
            {head('PRIORITY', 'Priority', styles.priority)}
            {head('CREATED', 'Created', styles.created)}
            {head('UPDATED', 'Updated')}
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

interface SortHeadProps {
  by: TaskSortKey
  label: string
  className: string | undefined
  sort: ListSort
  onSort: (sort: ListSort) => void
}

function SortHead({ by, label, className, sort, onSort }: SortHeadProps) {
  const sorted = sort.by === by
  return (
    <th scope="col" className={className} aria-sort={sorted ? ariaSort[sort.direction] : undefined}>
      <button
        type="button"
        className={styles.sort}
        data-sorted={sorted || undefined}
        onClick={() => onSort(sortAfterClick(sort, by))}
      >
        {label}
        {sort.direction === 'ASCENDING' ? <UpIcon /> : <DownIcon />}
      </button>
    </th>
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
        {task.tags.length > 0 && (
          <div className={styles.tags}>
            {task.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </div>
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
      <td className={styles.priority}>{task.priority}</td>
      <td className={styles.created}>
        <Ago at={task.createdAt} />
      </td>
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
