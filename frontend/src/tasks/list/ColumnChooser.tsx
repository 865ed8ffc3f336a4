import { ColumnsIcon } from '../../ui/icons'
import { Menu } from '../../ui/Menu'
import { type ColumnKey, columnKeys } from './columnKeys'
import { columns } from './columns'

interface ColumnChooserProps {
  shown: readonly ColumnKey[]
  /** Whether these were chosen, and are not just the usual ones. */
  chosen: boolean
  onChange: (columns: ColumnKey[] | undefined) => void
}

/** Which columns the list has. */
export function ColumnChooser({ shown, chosen, onChange }: ColumnChooserProps) {
  const items = columnKeys.map((key) => ({
    label: columns[key].label,
    checked: shown.includes(key),
    stays: true,
    onSelect: () => {
      const next = columnKeys.filter((one) => shown.includes(one) !== (one === key))
      if (next.length > 0) onChange(next)
    },
  }))
  const reset = { label: 'The usual columns', apart: true, onSelect: () => onChange(undefined) }
  return <Menu label="Columns" icon={<ColumnsIcon />} items={chosen ? [...items, reset] : items} />
}
