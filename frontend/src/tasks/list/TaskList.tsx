import { useMemo } from 'react'
import { explain } from '../../graphql/errors'
import { Button } from '../../ui/Button'
import { Notice } from '../../ui/Notice'
import { Reading } from '../../ui/Reading'
import { useWindowWidth } from '../../ui/useWindowWidth'
import { useSelection } from '../batch/useSelection'
import { useTaskActions } from '../useTaskActions'
import { ColumnChooser } from './ColumnChooser'
import { type ColumnKey, usualColumnsAt } from './columnKeys'
import { EmptyList } from './EmptyList'
import { filterOf } from './filter'
import { ListFilters } from './ListFilters'
import { ListOrder } from './ListOrder'
import { flatRows, treeRows } from './rows'
import { SelectedTasks } from './SelectedTasks'
import { type ListSearch, withOpen } from './search'
import { type ListSort, searchOfSort } from './sort'
import styles from './TaskList.module.css'
import { type ListActions, TaskTable } from './TaskTable'
import { useTaskList } from './useTaskList'
import { useTotals } from './useTotals'

const none: readonly string[] = []

interface TaskListProps {
  search: ListSearch
  /** With `quietly` it is no step of its own in the browser's history, and the page stays where it is. */
  onChange: (search: ListSearch, quietly?: boolean) => void
}

/** The tasks that are asked for: filters, rows, and what is selected of them. */
export function TaskList({ search, onChange }: TaskListProps) {
  const filter = useMemo(() => filterOf(search), [search])
  const totals = useTotals(filter)
  const unfolded = search.open ?? none
  const { query, tasks, branches, readBelow, list, refreshNow } = useTaskList(filter, unfolded)
  const taskActions = useTaskActions((id) => refreshNow([id]))
  const rows = useMemo(
    () => (filter.tree ? treeRows(tasks, new Set(unfolded), branches) : flatRows(tasks)),
    [filter.tree, tasks, unfolded, branches],
  )
  const ids = useMemo(() => rows.flatMap((row) => (row.kind === 'task' ? [row.task.id] : [])), [rows])
  const selection = useSelection(JSON.stringify(list.filter))
  const usual = usualColumnsAt(useWindowWidth(), filter.tree)
  const shown = search.columns ?? usual
  const actions: ListActions = {
    task: taskActions,
    unfold: (id, on) => onChange(withOpen(search, id, on), true),
    readBelow: (id) => void readBelow(id),
    select: (id, on, range) => selection.select(ids, id, on, range),
    selectShown: (on) => selection.selectShown(ids, on),
  }
  const changeSort = (sort: ListSort) => {
    const { sort: _, direction: __, thenBy: ___, ...rest } = search
    onChange({ ...rest, ...searchOfSort(sort) })
  }
  const changeTree = (on: boolean) => {
    const { tree: _, open: __, ...rest } = search
    onChange(on ? { ...rest, tree: true } : rest)
  }
  const changeColumns = (columns: ColumnKey[] | undefined) => {
    const { columns: _, ...rest } = search
    onChange(columns ? { ...rest, columns } : rest, true)
  }
  const canReadOn = query.hasNextPage && !query.isFetching && !query.isFetchNextPageError
  return (
    <>
      <ListFilters search={search} totals={totals} onChange={onChange} />
      {query.isError && tasks.length === 0 ? (
        <Notice title="The tasks could not be read">
          <p>{explain(query.error)}</p>
          <Button onClick={() => void query.refetch()}>Try again</Button>
        </Notice>
      ) : query.data === undefined ? (
        <Reading what="the tasks" />
      ) : tasks.length === 0 ? (
        <EmptyList search={search} onClear={() => onChange({})} />
      ) : (
        <>
          <ListOrder
            total={totals?.shown}
            sort={filter.sort}
            onSort={changeSort}
            tree={filter.tree}
            onTree={search.deleted ? undefined : changeTree}
            columns={
              <ColumnChooser shown={shown} chosen={search.columns !== undefined} onChange={changeColumns} />
            }
          />
          <TaskTable
            rows={rows}
            tree={filter.tree}
            shown={shown}
            selection={selection.selection}
            actions={actions}
            stale={query.isPlaceholderData}
            sort={filter.sort}
            onSort={changeSort}
            onNearEnd={canReadOn ? () => void query.fetchNextPage() : undefined}
          />
          {query.hasNextPage && (
            <div className={styles.more}>
              <Button
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
                data-testid="load-more"
              >
                {query.isFetchingNextPage ? 'Reading…' : 'Load more'}
              </Button>
            </div>
          )}
        </>
      )}
      <SelectedTasks
        selection={selection.selection}
        rows={rows}
        list={list}
        totals={totals}
        onSelect={selection.set}
      />
      {taskActions.dialogs}
    </>
  )
}
