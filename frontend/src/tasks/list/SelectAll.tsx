import { useEffect, useRef } from 'react'
import type { Selection } from '../batch/selection'
import { isRowSelected, type ListRow } from './rows'

interface SelectAllProps {
  rows: readonly ListRow[]
  selection: Selection
  onChange: (on: boolean) => void
}

/** The check box of all tasks that are shown; half checked if some of them are selected. */
export function SelectAll({ rows, selection, onChange }: SelectAllProps) {
  const box = useRef<HTMLInputElement>(null)
  const selected = rows.filter((row) => isRowSelected(selection, row)).length
  const all = selected > 0 && selected === rows.filter(({ kind }) => kind === 'task').length
  useEffect(() => {
    if (box.current) box.current.indeterminate = selected > 0 && !all
  }, [selected, all])
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label="Select all tasks shown"
      checked={all}
      onChange={() => onChange(!all)}
    />
  )
}
