import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { PickTasksDocument, type PickTasksQuery } from '../gql/graphql'
import { type Complete, request } from '../graphql/request'
import { Field } from '../ui/Field'
import { StatusBadge } from './StatusBadge'
import styles from './TaskPicker.module.css'

const offered = 6

export interface PickedTask {
  readonly id: string
  readonly name: string
}

export type FoundTask = Complete<PickTasksQuery>['tasks']['nodes'][number]

interface TaskPickerProps {
  label: string
  picked: string | undefined
  /** Why a task cannot be picked; undefined if it can. */
  problemOf?: (task: FoundTask) => string | undefined
  onPick: (task: PickedTask) => void
}

/** One of the tasks, found by words of its name, its description and its tags. */
export function TaskPicker({ label, picked, problemOf = () => undefined, onPick }: TaskPickerProps) {
  const [text, setText] = useState('')
  const group = useId()
  const { data } = useQuery({
    queryKey: ['pick-tasks', text.trim()],
    queryFn: ({ signal }) =>
      request(PickTasksDocument, { first: offered, search: text.trim() === '' ? null : text.trim() }, signal),
    placeholderData: (previous) => previous,
  })
  const tasks = data?.tasks.nodes ?? []
  return (
    <div className={styles.picker}>
      <Field label={label}>
        {(parts) => (
          <input
            {...parts}
            type="search"
            data-autofocus
            placeholder="Name, description or tag"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <fieldset className={styles.found} data-testid="picker">
        <legend className="visually-hidden">Tasks found</legend>
        {tasks.map((task) => (
          <label key={task.id} className={styles.task}>
            <input
              type="radio"
              name={group}
              disabled={problemOf(task) !== undefined}
              checked={picked === task.id}
              onChange={() => onPick(task)}
            />
            <span className={styles.name}>
              {task.name}
              {task.ancestors.length > 0 && (
                <small>in {task.ancestors.map(({ name }) => name).join(' / ')}</small>
              )}
            </span>
            {problemOf(task) === undefined ? (
              <StatusBadge status={task.status} />
            ) : (
              <small>{problemOf(task)}</small>
            )}
          </label>
        ))}
        {data && tasks.length === 0 && <p className={styles.none}>No task has these words.</p>}
      </fieldset>
    </div>
  )
}
