import { useState } from 'react'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { useTaskNames } from '../useTaskNames'
import { type Chip, type Criterion, chipsOf, criterionLabels } from './criteria'
import styles from './FilterChips.module.css'
import { NewFilter } from './NewFilter'
import type { ListSearch } from './search'
import type { Totals } from './useTotals'

interface FilterChipsProps {
  search: ListSearch
  totals: Totals | undefined
  onChange: (search: ListSearch) => void
}

/** What the list is narrowed to, each with a button that takes it away, and the menu that adds another. */
export function FilterChips({ search, totals, onChange }: FilterChipsProps) {
  const [adding, setAdding] = useState<Exclude<Criterion, 'roots'>>()
  const items = (Object.keys(criterionLabels) as Criterion[]).map((key) =>
    key === 'roots'
      ? { label: criterionLabels[key], onSelect: () => onChange({ ...search, roots: true }) }
      : { label: `${criterionLabels[key]}…`, onSelect: () => setAdding(key) },
  )
  return (
    <div className={styles.chips}>
      {chipsOf(search).map((chip) => (
        <FilterChip
          key={`${chip.label} ${chip.taskId ?? ''}`}
          chip={chip}
          onRemove={() => onChange(chip.without)}
        />
      ))}
      {adding ? (
        <NewFilter
          key={adding}
          criterion={adding}
          search={search}
          totals={totals}
          onAdd={(next) => {
            setAdding(undefined)
            onChange(next)
          }}
          onCancel={() => setAdding(undefined)}
        />
      ) : (
        <Menu label="Add a filter" text="Filter" icon={<PlusIcon />} items={items} />
      )}
    </div>
  )
}

function FilterChip({ chip, onRemove }: { chip: Chip; onRemove: () => void }) {
  const { taskId } = chip
  const nameOf = useTaskNames(taskId === undefined ? [] : [taskId])
  const label = taskId === undefined ? chip.label : `${chip.label} ${nameOf(taskId)}`
  return (
    <span className={styles.chip} data-testid="filter-chip">
      {label}
      <button type="button" aria-label={`Remove filter: ${label}`} onClick={onRemove}>
        <CrossIcon />
      </button>
    </span>
  )
}
