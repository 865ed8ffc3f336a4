import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { FindTasksDocument, type FindTasksQuery } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Field } from '../../ui/Field'
import { StatusBadge } from '../StatusBadge'
import styles from './FindTask.module.css'

const shown = 8

export type FoundTask = FindTasksQuery['tasks']['nodes'][number]

interface FindTaskProps {
  label: string
  /** Why a task cannot be chosen; undefined if it can. */
  problemOf: (task: FoundTask) => string | undefined
  onChoose: (task: FoundTask) => void
}

/** Searches a task by the beginnings of words in its name, description and tags. */
export function FindTask({ label, problemOf, onChoose }: FindTaskProps) {
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const { data, error, isPending } = useQuery({
    queryKey: ['find-tasks', search],
    queryFn: ({ signal }) =>
      request(FindTasksDocument, { first: shown, search: search === '' ? null : search }, signal),
    placeholderData: keepPreviousData,
  })
  const found = data?.tasks.nodes ?? []
  const choosable = found.find((task) => problemOf(task) === undefined)
  return (
    <div>
      <Field label={label}>
        {(parts) => (
          <input
            {...parts}
            type="search"
            data-autofocus
            autoComplete="off"
            placeholder="Search by name"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              // It chooses the first that was found, and does not send the form.
              event.preventDefault()
              if (choosable) onChoose(choosable)
            }}
          />
        )}
      </Field>
      {error && <p className={styles.none}>{explain(error)}</p>}
      {isPending && <p className={styles.none}>Searching…</p>}
      {!isPending && !error && found.length === 0 && <p className={styles.none}>No such task.</p>}
      <ul className={styles.found} aria-label="Tasks found">
        {found.map((task) => (
          <li key={task.id}>
            <button type="button" disabled={problemOf(task) !== undefined} onClick={() => onChoose(task)}>
              <span className={styles.name}>
                {task.ancestors.length > 0 && (
                  <small>{task.ancestors.map(({ name }) => name).join(' / ')} / </small>
                )}
                {task.name}
              </span>
              {problemOf(task) === undefined ? (
                <StatusBadge status={task.status} />
              ) : (
                <small>{problemOf(task)}</small>
              )}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
