import { Button } from '../../ui/Button'
import { formatCount } from '../../ui/format'
import { InlineSelect } from '../../ui/InlineSelect'
import { DownIcon, UpIcon } from '../../ui/icons'
import styles from './ListOrder.module.css'
import { isSortKey, type ListSort, sortAfterClick, sortKeys, sortWords } from './sort'

interface ListOrderProps {
  total: number | undefined
  sort: ListSort
  onSort: (sort: ListSort) => void
}

/** How many tasks the list has, and in which order; also on screens that have no room for column heads. */
export function ListOrder({ total, sort, onSort }: ListOrderProps) {
  const ascending = sort.direction === 'ASCENDING'
  return (
    <div className={styles.order}>
      <output className={styles.total} data-testid="total-count">
        {total === undefined ? ' ' : `${formatCount(total)} ${total === 1 ? 'task' : 'tasks'}`}
      </output>
      <InlineSelect
        label="Sort by"
        value={sort.by}
        options={sortKeys.map((key) => [key, sortWords[key].label])}
        onChange={(by) => isSortKey(by) && by !== sort.by && onSort(sortAfterClick(sort, by))}
      />
      <Button
        variant="quiet"
        small
        icon={ascending ? <UpIcon /> : <DownIcon />}
        aria-label={ascending ? 'Ascending; turn round' : 'Descending; turn round'}
        onClick={() => onSort(sortAfterClick(sort, sort.by))}
      />
    </div>
  )
}
