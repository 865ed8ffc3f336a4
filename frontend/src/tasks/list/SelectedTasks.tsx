import { useMemo } from 'react'
import { BatchBar } from '../batch/BatchBar'
import { type Selection, sizeOf, targetOf } from '../batch/selection'
import type { ListRequest } from './listRequest'
import type { ListRow } from './rows'
import type { Totals } from './useTotals'

interface SelectedTasksProps {
  selection: Selection
  rows: readonly ListRow[]
  list: ListRequest
  totals: Totals | undefined
  onSelect: (selection: Selection) => void
}

/** What is selected in the list, if anything is. */
export function SelectedTasks({ selection, rows, list, totals, onSelect }: SelectedTasksProps) {
  const made = useMemo(
    () => new Map(rows.flatMap((row) => (row.kind === 'task' ? [[row.task.id, row.task.createdAt]] : []))),
    [rows],
  )
  const total = totals?.shown ?? 0
  if (sizeOf(selection, total) === 0) return null
  const target = targetOf(selection, list.filter)
  // Oldest first, as by a filter: a parent is mostly older than what is below it.
  const oldestFirst = (a: string, b: string) => ((made.get(a) ?? '') < (made.get(b) ?? '') ? -1 : 1)
  return (
    <BatchBar
      selection={selection}
      target={'ids' in target ? { ids: target.ids.toSorted(oldestFirst) } : target}
      total={total}
      atTop={list.tree}
      hidden={selection.kind === 'some' ? [...selection.ids].filter((id) => !made.has(id)).length : 0}
      deleted={list.filter.deleted ?? false}
      tags={totals?.facets.tags.map(({ tag }) => tag) ?? []}
      owners={totals?.facets.owners.map(({ owner }) => owner) ?? []}
      onSelect={onSelect}
    />
  )
}
