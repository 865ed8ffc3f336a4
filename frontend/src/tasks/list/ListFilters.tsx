import { useEffect, useEffectEvent, useState } from 'react'
import type { TaskStatus } from '../../gql/graphql'
import { formatCount } from '../../ui/format'
import { SearchIcon } from '../../ui/icons'
import { statuses, statusLabels } from '../status'
import { FilterChips } from './FilterChips'
import styles from './ListFilters.module.css'
import type { ListSearch } from './search'
import type { Totals } from './useTotals'

const debounceMs = 250

interface ListFiltersProps {
  search: ListSearch
  totals: Totals | undefined
  onChange: (search: ListSearch) => void
}

export function ListFilters({ search, totals, onChange }: ListFiltersProps) {
  const counts = new Map(totals?.facets.statuses.map(({ status, count }) => [status, count]))
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
      <TextSearch
        text={search.text ?? ''}
        onChange={(text) => {
          const { text: _, ...rest } = search
          onChange(text === '' ? rest : { ...rest, text })
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
            <span aria-hidden="true" className={styles.count}>
              {formatCount(counts.get(status) ?? 0)}
            </span>
          </button>
        ))}
      </fieldset>
      <FilterChips search={search} totals={totals} onChange={onChange} />
      <label className={styles.deleted}>
        <input type="checkbox" checked={search.deleted ?? false} onChange={toggleDeleted} />
        Show deleted
      </label>
    </search>
  )
}

function TextSearch({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text)
  const [shown, setShown] = useState(text)
  // The address changed by itself, for example by the back button.
  if (text !== shown) {
    setShown(text)
    setTyped(text)
  }
  const change = useEffectEvent(onChange)
  useEffect(() => {
    const next = typed.trim()
    if (next === text) return
    const timer = setTimeout(() => {
      setShown(next)
      change(next)
    }, debounceMs)
    return () => clearTimeout(timer)
  }, [typed, text])

  return (
    <label className={styles.text}>
      <span className="visually-hidden">Search tasks</span>
      <SearchIcon />
      <input
        type="search"
        placeholder="Name, description or tag"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  )
}
