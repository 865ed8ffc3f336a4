import { useEffect, useEffectEvent, useState } from 'react'
import type { TaskStatus } from '../../gql/graphql'
import { SearchIcon } from '../../ui/icons'
import { statuses, statusLabels } from '../status'
import styles from './ListFilters.module.css'
import type { ListSearch } from './search'

const debounceMs = 250

interface ListFiltersProps {
  search: ListSearch
  onChange: (search: ListSearch) => void
}

export function ListFilters({ search, onChange }: ListFiltersProps) {
  const chosen = search.status ?? []
  const toggle = (status: TaskStatus) => {
    const next = statuses.filter((one) => chosen.includes(one) !== (one === status))
    const { status: _, ...rest } = search
    onChange(next.length > 0 ? { ...rest, status: next } : rest)
  }
  const toggleDeleted = () => {
    const { deleted, ...rest } = search
    onChange(deleted ? rest : { ...rest, deleted: true })
  }

  return (
    <search className={styles.filters} aria-label="Filter tasks">
      <NameSearch
        name={search.name ?? ''}
        onChange={(name) => {
          const { name: _, ...rest } = search
          onChange(name === '' ? rest : { ...rest, name })
        }}
      />
      <fieldset className={styles.chips}>
        <legend className="visually-hidden">Status</legend>
        {statuses.map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={chosen.includes(status)}
            onClick={() => toggle(status)}
            data-status={status}
          >
            {statusLabels[status]}
          </button>
        ))}
      </fieldset>
      <label className={styles.deleted}>
        <input type="checkbox" checked={search.deleted ?? false} onChange={toggleDeleted} />
        Show deleted
      </label>
    </search>
  )
}

function NameSearch({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const [text, setText] = useState(name)
  const [shown, setShown] = useState(name)
  // The address changed by itself, for example by the back button.
  if (name !== shown) {
    setShown(name)
    setText(name)
  }
  const change = useEffectEvent(onChange)
  useEffect(() => {
    const next = text.trim()
    if (next === name) return
    const timer = setTimeout(() => {
      setShown(next)
      change(next)
    }, debounceMs)
    return () => clearTimeout(timer)
  }, [text, name])

  return (
    <label className={styles.name}>
      <span className="visually-hidden">Name contains</span>
      <SearchIcon />
      <input
        type="search"
        placeholder="Search by name"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  )
}
