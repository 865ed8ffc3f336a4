import { type FormEvent, useEffect, useRef } from 'react'
import { Button } from '../../ui/Button'
import { CrossIcon } from '../../ui/icons'
import { type Criterion, criterionLabels } from './criteria'
import styles from './FilterChips.module.css'
import {
  BoundsFields,
  MetadataFields,
  TaskFields,
  TextFields,
  TrialsFields,
  WhereFields,
} from './filterFields'
import type { ListSearch } from './search'
import type { Totals } from './useTotals'

type Editable = Exclude<Criterion, 'roots'>

interface NewFilterProps {
  criterion: Editable
  search: ListSearch
  totals: Totals | undefined
  onAdd: (search: ListSearch) => void
  onCancel: () => void
}

/** A filter that is being added, in place of the button that adds it. */
export function NewFilter({ criterion, search, totals, onAdd, onCancel }: NewFilterProps) {
  const form = useRef<HTMLFormElement>(null)
  const next = useRef(search)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select')?.focus(), [])
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (next.current !== search) onAdd(next.current)
  }
  const set = (given: ListSearch | undefined) => {
    next.current = given ?? search
  }
  return (
    <form
      ref={form}
      className={styles.adding}
      onSubmit={add}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
      aria-label={`Filter: ${criterionLabels[criterion]}`}
    >
      <Fields criterion={criterion} search={search} totals={totals} onChange={set} />
      <Button small type="submit">
        Add
      </Button>
      <Button small variant="quiet" icon={<CrossIcon />} aria-label="Add no filter" onClick={onCancel} />
    </form>
  )
}

interface FieldsProps {
  criterion: Editable
  search: ListSearch
  totals: Totals | undefined
  /** The list with what was typed; none as long as that says nothing. */
  onChange: (search: ListSearch | undefined) => void
}

function Fields({ criterion, search, totals, onChange }: FieldsProps) {
  const label = criterionLabels[criterion]
  switch (criterion) {
    case 'name':
      return <TextFields label={label} onType={(name) => onChange(name ? { ...search, name } : undefined)} />
    case 'tag':
    case 'allTags':
    case 'noTags':
    case 'owner':
    case 'parameter':
      return (
        <TextFields
          label={label}
          suggestions={suggestionsOf(criterion, totals)}
          onType={(text) => onChange(text ? withValue(search, criterion, text) : undefined)}
        />
      )
    case 'priority':
    case 'best':
    case 'created':
    case 'updated':
    case 'started':
    case 'finished':
      return (
        <BoundsFields
          label={label}
          type={criterion === 'priority' ? 'whole' : criterion === 'best' ? 'number' : 'date'}
          begin={search[criterion] ?? ''}
          onType={(bounds) => onChange(bounds ? { ...search, [criterion]: bounds } : undefined)}
        />
      )
    case 'trials':
      return (
        <TrialsFields
          onType={(given) => onChange(given && { ...search, trials: [...(search.trials ?? []), given] })}
        />
      )
    case 'metadata':
      return (
        <MetadataFields
          onType={(given) => onChange(given && { ...search, metadata: [...(search.metadata ?? []), given] })}
        />
      )
    case 'parent':
    case 'ancestor':
      return (
        <TaskFields
          label={label}
          onPick={(id) => onChange(id ? { ...search, [criterion]: id } : undefined)}
        />
      )
    case 'where':
      return (
        <WhereFields
          label={label}
          begin={search.where}
          onType={(where) => onChange(where && { ...search, where })}
        />
      )
  }
}

type WordsKey = 'tag' | 'allTags' | 'noTags' | 'owner' | 'parameter'

function withValue(search: ListSearch, key: WordsKey, value: string): ListSearch {
  return { ...search, [key]: [...(search[key] ?? []).filter((one) => one !== value), value] }
}

export interface Suggestion {
  readonly value: string
  readonly count: number
}

function suggestionsOf(key: WordsKey, totals: Totals | undefined): readonly Suggestion[] {
  if (key === 'parameter') return []
  if (key === 'owner') {
    return totals?.facets.owners.map(({ owner, count }) => ({ value: owner, count })) ?? []
  }
  return totals?.facets.tags.map(({ tag, count }) => ({ value: tag, count })) ?? []
}
