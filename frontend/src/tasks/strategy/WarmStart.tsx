import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useRef, useState } from 'react'
import { FindEarlierTasksDocument } from '../../gql/graphql'
import { explain } from '../../graphql/errors'
import { request } from '../../graphql/request'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { formatCount } from '../../ui/format'
import { CrossIcon } from '../../ui/icons'
import { useTaskNames } from '../useTaskNames'
import { incompatibility } from './compatible'
import type { EarlierTask } from './drafts'
import type { StrategyTask } from './StrategyEditor'
import styles from './WarmStart.module.css'

const shown = 8
const mostTasks = 16

interface WarmStartProps {
  task: StrategyTask
  chosen: readonly EarlierTask[]
  error: string | undefined
  onChange: (chosen: readonly EarlierTask[]) => void
}

/** Earlier tasks whose results the strategy learns from, too. */
export function WarmStart({ task, chosen, error, onChange }: WarmStartProps) {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const nameOf = useTaskNames(chosen.flatMap(({ id, name }) => (name === undefined ? [id] : [])))
  const listId = useId()
  const found = useRef<HTMLDivElement>(null)
  return (
    <fieldset
      className={styles.earlier}
      data-testid="warm-start"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false)
      }}
    >
      <Field
        label="Learn from earlier tasks"
        optional
        hint="Of the same objectives and parameters. Their results count for less than this task’s own, and never as its best."
        error={error}
      >
        {(parts) => (
          <input
            {...parts}
            type="search"
            className={`${parts.className} ${styles.search}`}
            placeholder={chosen.length >= mostTasks ? `at most ${mostTasks}` : 'Search by name'}
            disabled={chosen.length >= mostTasks}
            aria-controls={listId}
            value={text}
            onFocus={() => setOpen(true)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              // It chooses the first that was found, and does not send the form.
              event.preventDefault()
              found.current?.querySelector<HTMLButtonElement>('button:enabled')?.click()
            }}
            onChange={(event) => {
              setText(event.target.value)
              setOpen(true)
            }}
          />
        )}
      </Field>
      <div ref={found} id={listId}>
        {open && (
          <Found
            task={task}
            text={text}
            chosen={chosen}
            onChoose={(one) => {
              onChange([...chosen, one])
              setText('')
            }}
          />
        )}
      </div>
      {chosen.length > 0 && (
        <ul className={styles.chosen} aria-label="Learns from">
          {chosen.map(({ id, name }) => {
            const title = name ?? nameOf(id)
            return (
              <li key={id}>
                {title}
                <Button
                  small
                  variant="quiet"
                  icon={<CrossIcon />}
                  aria-label={`Do not learn from ${title}`}
                  onClick={() => onChange(chosen.filter((one) => one.id !== id))}
                />
              </li>
            )
          })}
        </ul>
      )}
    </fieldset>
  )
}

interface FoundProps {
  task: StrategyTask
  text: string
  chosen: readonly EarlierTask[]
  onChoose: (task: EarlierTask) => void
}

function Found({ task, text, chosen, onChoose }: FoundProps) {
  const name = useDeferredValue(text.trim())
  const { data, error, isPending } = useQuery({
    queryKey: ['earlier-tasks', name],
    queryFn: ({ signal }) =>
      request(FindEarlierTasksDocument, { first: shown * 2, name: name === '' ? null : name }, signal),
    placeholderData: keepPreviousData,
  })
  if (error) return <p className={styles.none}>{explain(error)}</p>
  if (isPending) return <p className={styles.none}>Searching…</p>
  const others = (data?.tasks.nodes ?? [])
    .filter(({ id }) => id !== task.id && !chosen.some((one) => one.id === id))
    .map((earlier) => ({ earlier, problem: incompatibility(earlier, task) }))
    .sort((a, b) => Number(a.problem !== undefined) - Number(b.problem !== undefined))
    .slice(0, shown)
  if (others.length === 0) return <p className={styles.none}>No such task.</p>
  return (
    <ul className={styles.found} aria-label="Tasks found">
      {others.map(({ earlier, problem }) => (
        <li key={earlier.id}>
          <button
            type="button"
            disabled={problem !== undefined}
            // The field keeps the focus, so that the list stays until the click has arrived.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose({ id: earlier.id, name: earlier.name })}
          >
            <span>{earlier.name}</span>
            <small>{problem ?? `${formatCount(earlier.trialCounts.completed)} results`}</small>
          </button>
        </li>
      ))}
    </ul>
  )
}
