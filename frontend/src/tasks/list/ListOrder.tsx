import type { ReactNode } from 'react'
import { Button } from '../../ui/Button'
import { InlineSelect } from '../../ui/InlineSelect'
import { DownIcon, UpIcon } from '../../ui/icons'
import { Segments } from '../../ui/Segments'
import { countTasks } from '../countTasks'
import styles from './ListOrder.module.css'
import { isSortKey, type ListSort, sortAfterClick, sortKeys, sortWords, turnedRound } from './sort'

const looks = { list: 'List', tree: 'Tree' } as const

interface ListOrderProps {
  total: number | undefined
  sort: ListSort
  onSort: (sort: ListSort) => void
  tree: boolean
  /** Absent where the tasks cannot be shown as a tree. */
  onTree: ((tree: boolean) => void) | undefined
  /** What chooses the columns. */
  columns: ReactNode
}

/** How many tasks the list has, and in which order; also on screens that have no room for column heads. */
export function ListOrder({ total, sort, onSort, tree, onTree, columns }: ListOrderProps) {
  const [first] = sort
  const ascending = first.direction === 'ASCENDING'
  return (
    <div className={styles.order}>
      <output className={styles.total} data-testid="total-count">
        {total === undefined ? ' ' : `${countTasks(total)}${tree ? ' at the top' : ''}`}
      </output>
      {onTree && (
        <Segments
          label="Show as"
          options={looks}
          value={tree ? 'tree' : 'list'}
          onChange={(look) => onTree(look === 'tree')}
        />
      )}
      <InlineSelect
        label="Sort by"
        value={first.by}
        options={sortKeys.map((key) => [key, sortWords[key].label])}
        onChange={(by) => isSortKey(by) && by !== first.by && onSort(sortAfterClick(sort, by))}
      />
      <Button
        variant="quiet"
        small
        icon={ascending ? <UpIcon /> : <DownIcon />}
        aria-label={ascending ? 'Ascending; turn round' : 'Descending; turn round'}
        onClick={() => onSort(turnedRound(sort))}
      />
      {columns}
    </div>
  )
}
