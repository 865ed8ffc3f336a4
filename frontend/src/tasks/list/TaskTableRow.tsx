import { Link } from '@tanstack/react-router'
import { Button } from '../../ui/Button'
import { MoreIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { Tag } from '../../ui/Tag'
import type { Selection } from '../batch/selection'
import { transitionVerb } from '../status'
import { BelowLine } from './BelowLine'
import type { ColumnKey } from './columnKeys'
import { columns } from './columns'
import { Fold } from './Fold'
import { isRowSelected, type ListRow } from './rows'
import type { ListActions } from './TaskTable'
import styles from './TaskTable.module.css'

interface Place {
  readonly index: number
  readonly measure: (element: HTMLElement | null) => void
}

interface TaskTableRowProps {
  row: ListRow & { kind: 'task' }
  shown: readonly ColumnKey[]
  selection: Selection
  actions: ListActions
  place: Place
}

export function TaskTableRow({ row, shown, selection, actions, place }: TaskTableRowProps) {
  const { task, depth, unfolded } = row
  const deleted = task.deletedAt !== null
  const selected = isRowSelected(selection, row)
  return (
    <tr
      ref={place.measure}
      data-index={place.index}
      aria-rowindex={place.index + 2}
      data-testid="task-row"
      data-task-id={task.id}
      data-depth={depth}
      data-selected={selected || undefined}
    >
      <td className={styles.check}>
        <input
          type="checkbox"
          aria-label={`Select ${task.name}`}
          checked={selected}
          disabled={selection.kind === 'all' && depth > 0}
          onChange={() => {}}
          onClick={(event) => actions.select(task.id, !selected, event.shiftKey)}
        />
      </td>
      <th scope="row" className={styles.name} style={{ '--depth': depth } as React.CSSProperties}>
        {unfolded !== null && (
          <Fold name={task.name} unfolded={unfolded} onChange={(on) => actions.unfold(task.id, on)} />
        )}
        {depth > 0 && <span className="visually-hidden">Level {depth + 1}: </span>}
        {deleted ? (
          <span>{task.name}</span>
        ) : (
          <Link to="/tasks/$taskId" params={{ taskId: task.id }}>
            {task.name}
          </Link>
        )}
        {task.parent && depth === 0 && !shown.includes('parent') && (
          <span className={styles.parent} data-testid="parent">
            in{' '}
            <Link to="/tasks/$taskId" params={{ taskId: task.parent.id }}>
              {task.parent.name}
            </Link>
          </span>
        )}
        {task.tags.length > 0 && (
          <div className={styles.tags}>
            {task.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </div>
        )}
        {task.rollUp && task.rollUp.taskCount > 0 && <BelowLine below={task.rollUp} />}
      </th>
      {shown.map((key) => (
        <td key={key} data-column={key} data-label={columns[key].label}>
          {columns[key].cell(task)}
        </td>
      ))}
      <td className={styles.actions}>
        {deleted ? (
          <Button small onClick={() => actions.task.restore(task)}>
            Restore
          </Button>
        ) : (
          <Menu
            label={`Actions for ${task.name}`}
            icon={<MoreIcon />}
            items={[
              ...task.allowedTransitions.map((to) => ({
                label: transitionVerb(task.status, to),
                onSelect: () => actions.task.move(task, to),
              })),
              { label: 'Delete…', danger: true, onSelect: () => actions.task.remove(task) },
            ]}
          />
        )}
      </td>
    </tr>
  )
}

interface UnreadRowProps {
  row: ListRow & { kind: 'unread' }
  columns: number
  actions: ListActions
  place: Place
}

/** Where more tasks follow below another. */
export function UnreadRow({ row, columns: span, actions, place }: UnreadRowProps) {
  return (
    <tr ref={place.measure} data-index={place.index} aria-rowindex={place.index + 2}>
      <td colSpan={span} className={styles.unread} style={{ '--depth': row.depth } as React.CSSProperties}>
        {row.reading ? (
          'Reading…'
        ) : (
          <Button small variant="quiet" onClick={() => actions.readBelow(row.parentId)}>
            Show more
          </Button>
        )}
      </td>
    </tr>
  )
}
