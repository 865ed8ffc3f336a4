import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import styles from './FilterChips.module.css'
import type { ListSearch } from './search'
import type { Totals } from './useTotals'

/** The filters that are added by the menu, with a text that is typed for each. */
type TypedFilter = 'name' | 'tag' | 'owner' | 'priority'

const typedLabels: Readonly<Record<TypedFilter, string>> = {
  name: 'Name contains',
  tag: 'Tag',
  owner: 'Owner',
  priority: 'Priority at least',
}

interface FilterChipsProps {
  search: ListSearch
  totals: Totals | undefined
  onChange: (search: ListSearch) => void
}

/** What the list is narrowed to, each with a button that takes it away, and the menu that adds another. */
export function FilterChips({ search, totals, onChange }: FilterChipsProps) {
  const [adding, setAdding] = useState<TypedFilter>()
  const items = Object.entries(typedLabels).map(([kind, label]) => ({
    label: `${label}…`,
    onSelect: () => setAdding(kind as TypedFilter),
  }))
  return (
    <div className={styles.chips}>
      {chipsOf(search).map(({ label, without }) => (
        <span key={label} className={styles.chip} data-testid="filter-chip">
          {label}
          <button type="button" aria-label={`Remove filter: ${label}`} onClick={() => onChange(without)}>
            <CrossIcon />
          </button>
        </span>
      ))}
      {adding ? (
        <NewFilter
          key={adding}
          kind={adding}
          suggestions={suggestionsOf(adding, totals)}
          onAdd={(value) => {
            setAdding(undefined)
            onChange(withFilter(search, adding, value))
          }}
          onCancel={() => setAdding(undefined)}
        />
      ) : (
        <Menu
          label="Add a filter"
          text="Filter"
          icon={<PlusIcon />}
          items={[
            ...items,
            { label: 'Without a parent', onSelect: () => onChange({ ...search, roots: true }) },
          ]}
        />
      )}
    </div>
  )
}

interface Suggestion {
  readonly value: string
  readonly count: number
}

interface NewFilterProps {
  kind: TypedFilter
  suggestions: readonly Suggestion[]
  onAdd: (value: string) => void
  onCancel: () => void
}

function NewFilter({ kind, suggestions, onAdd, onCancel }: NewFilterProps) {
  const [value, setValue] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  useEffect(() => input.current?.focus(), [])
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (value.trim() !== '') onAdd(value.trim())
  }
  return (
    <form className={styles.adding} onSubmit={add}>
      <label>
        {typedLabels[kind]}
        <input
          ref={input}
          type={kind === 'priority' ? 'number' : 'text'}
          step={1}
          min={-2_147_483_648}
          max={2_147_483_647}
          list={listId}
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && onCancel()}
        />
      </label>
      <datalist id={listId}>
        {suggestions.map((one) => (
          <option key={one.value} value={one.value}>
            {formatCount(one.count)} {one.count === 1 ? 'task' : 'tasks'}
          </option>
        ))}
      </datalist>
      <Button small type="submit" disabled={value.trim() === ''}>
        Add
      </Button>
      <Button small variant="quiet" icon={<CrossIcon />} aria-label="Add no filter" onClick={onCancel} />
    </form>
  )
}

function chipsOf(search: ListSearch): { label: string; without: ListSearch }[] {
  const { name, tag = [], owner = [], priority, roots } = search
  const chips: { label: string; without: ListSearch }[] = []
  if (name !== undefined) {
    const { name: _, ...without } = search
    chips.push({ label: `Name contains ${name}`, without })
  }
  for (const one of tag) {
    chips.push({ label: `Tag ${one}`, without: withList(search, 'tag', others(tag, one)) })
  }
  for (const one of owner) {
    chips.push({ label: `Owner ${one}`, without: withList(search, 'owner', others(owner, one)) })
  }
  if (priority !== undefined) {
    const { priority: _, ...without } = search
    chips.push({ label: `Priority at least ${priority}`, without })
  }
  if (roots) {
    const { roots: _, ...without } = search
    chips.push({ label: 'Without a parent', without })
  }
  return chips
}

function withFilter(search: ListSearch, kind: TypedFilter, value: string): ListSearch {
  switch (kind) {
    case 'name':
      return { ...search, name: value }
    case 'tag':
      return withList(search, kind, [...others(search.tag ?? [], value), value])
    case 'owner':
      return withList(search, kind, [...others(search.owner ?? [], value), value])
    case 'priority':
      return { ...search, priority: Number(value) }
  }
}

function withList(search: ListSearch, key: 'tag' | 'owner', values: string[]): ListSearch {
  const { [key]: _, ...rest } = search
  return values.length > 0 ? { ...rest, [key]: values } : rest
}

function others(values: readonly string[], value: string): string[] {
  return values.filter((one) => one !== value)
}

function suggestionsOf(kind: TypedFilter, totals: Totals | undefined): readonly Suggestion[] {
  switch (kind) {
    case 'tag':
      return totals?.facets.tags.map(({ tag, count }) => ({ value: tag, count })) ?? []
    case 'owner':
      return totals?.facets.owners.map(({ owner, count }) => ({ value: owner, count })) ?? []
    case 'name':
    case 'priority':
      return []
  }
}
