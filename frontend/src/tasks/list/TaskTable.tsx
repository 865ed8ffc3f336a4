import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import type { SortDirection, TaskSortKey } from '../../gql/graphql'
import { DownIcon, UpIcon } from '../../ui/icons'
import type { Selection } from '../batch/selection'
import type { useTaskActions } from '../useTaskActions'
import type { ColumnKey } from './columnKeys'
import { columns } from './columns'
import { keyOf, type ListRow } from './rows'
import { SelectAll } from './SelectAll'
import { type ListSort, sortAfterClick, sortAfterShiftClick } from './sort'
import styles from './TaskTable.module.css'
import { TaskTableRow, UnreadRow } from './TaskTableRow'

export interface ListActions {
  readonly task: ReturnType<typeof useTaskActions>
  readonly unfold: (taskId: string, on: boolean) => void
  readonly readBelow: (taskId: string) => void
  /** One row, or with `range` all from the last one to it. */
  readonly select: (taskId: string, on: boolean, range: boolean) => void
  readonly selectShown: (on: boolean) => void
}

interface TaskTableProps {
  rows: readonly ListRow[]
  /** Whether tasks may have others below them. */
  tree: boolean
  shown: readonly ColumnKey[]
  selection: Selection
  actions: ListActions
  /** Rows of the previous filter, while those of the new one are read. */
  stale: boolean
  sort: ListSort
  onSort: (sort: ListSort) => void
  /** Reads more, for a reader who comes near the end; absent while it cannot. */
  onNearEnd: (() => void) | undefined
}

const ariaSort: Readonly<Record<SortDirection, 'ascending' | 'descending'>> = {
  ASCENDING: 'ascending',
  DESCENDING: 'descending',
}

/** In rem: a check box, a name that can be read, and the actions. */
const otherColumns = 2.75 + 15 + 3.5
const usualHeight = 58
/** So many rows before the end more are read. */
const nearEnd = 20

/** The tasks; only the rows in view, and some around them, exist in the document. */
export function TaskTable(props: TaskTableProps) {
  const { rows, tree, shown, selection, actions, stale, sort, onSort, onNearEnd } = props
  const frame = useRef<HTMLDivElement>(null)
  const { top, fits } = usePlace(frame)
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => usualHeight,
    overscan: 10,
    scrollMargin: top,
    getItemKey: (index) => {
      const row = rows[index]
      return row ? keyOf(row) : index
    },
  })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  const above = first ? first.start - virtual.options.scrollMargin : 0
  const below = last ? virtual.getTotalSize() - (last.end - virtual.options.scrollMargin) : 0
  const isNearEnd = (last?.index ?? 0) >= rows.length - nearEnd
  const readOn = useEffectEvent(() => onNearEnd?.())
  const canReadOn = onNearEnd !== undefined
  useEffect(() => {
    if (isNearEnd && canReadOn) readOn()
  }, [isNearEnd, canReadOn])

  const width = shown.reduce((sum, key) => sum + columns[key].width, otherColumns)
  return (
    <div className={styles.frame} data-stale={stale || undefined} data-fits={fits || undefined} ref={frame}>
      <table
        className={styles.table}
        style={{ minWidth: `${width}rem` }}
        data-testid="task-table"
        data-tree={tree || undefined}
        data-deleted={rows.some((row) => row.kind === 'task' && row.task.deletedAt !== null) || undefined}
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <tr>
            <th scope="col" className={styles.check}>
              <SelectAll rows={rows} selection={selection} onChange={actions.selectShown} />
            </th>
            <Head by="NAME" label="Name" sort={sort} onSort={onSort} />
            {shown.map((key) => {
              const { label, sort: by, width: rem } = columns[key]
              return <Head key={key} by={by} label={label} width={rem} sort={sort} onSort={onSort} />
            })}
            <th scope="col" className={styles.actions}>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} columns={shown.length + 3} />}
          {items.map(({ index, key }) => {
            const row = rows[index]
            const place = { index, measure: virtual.measureElement }
            if (!row) return null
            return row.kind === 'task' ? (
              <TaskTableRow
                key={key}
                row={row}
                shown={shown}
                selection={selection}
                actions={actions}
                place={place}
              />
            ) : (
              <UnreadRow key={key} row={row} columns={shown.length + 3} actions={actions} place={place} />
            )
          })}
          {below > 0 && <Gap height={below} columns={shown.length + 3} />}
        </tbody>
      </table>
    </div>
  )
}

/** Where in the document the table begins (what is above it may grow and shrink), and whether it is as wide as its frame. */
function usePlace(frame: React.RefObject<HTMLElement | null>) {
  const [top, setTop] = useState(0)
  const [fits, setFits] = useState(false)
  useLayoutEffect(() => {
    const measure = () => {
      if (!frame.current) return
      setTop(Math.round(frame.current.getBoundingClientRect().top + scrollY))
      setFits(frame.current.scrollWidth <= frame.current.clientWidth)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    const table = frame.current?.firstElementChild
    if (table) observer.observe(table)
    return () => observer.disconnect()
  }, [frame])
  return { top, fits }
}

interface HeadProps {
  by: TaskSortKey | undefined
  label: string
  width?: number
  sort: ListSort
  onSort: (sort: ListSort) => void
}

function Head({ by, label, width, sort, onSort }: HeadProps) {
  const style = width === undefined ? undefined : { width: `${width}rem` }
  if (by === undefined) {
    return (
      <th scope="col" style={style}>
        {label}
      </th>
    )
  }
  const place = sort.findIndex((key) => key.by === by)
  const sorted = sort[place]
  return (
    <th scope="col" style={style} aria-sort={sorted && place === 0 ? ariaSort[sorted.direction] : undefined}>
      <button
        type="button"
        className={styles.sort}
        data-sorted={sorted ? true : undefined}
        title="With the shift key: sort by this, too"
        onClick={({ shiftKey }) =>
          onSort(shiftKey ? sortAfterShiftClick(sort, by) : sortAfterClick(sort, by))
        }
      >
        {label}
        {(sorted ?? sort[0]).direction === 'ASCENDING' ? <UpIcon /> : <DownIcon />}
        {sorted && sort.length > 1 && <small>{place + 1}</small>}
      </button>
    </th>
  )
}

function Gap({ height, columns: span }: { height: number; columns: number }) {
  return (
    <tr className={styles.gap}>
      <td colSpan={span} style={{ height }} />
    </tr>
  )
}
