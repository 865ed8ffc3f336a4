import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { explain } from '../../graphql/errors'
import { Button, buttonLook } from '../../ui/Button'
import { PlusIcon } from '../../ui/icons'
import { Notice } from '../../ui/Notice'
import { usePageTitle } from '../../ui/usePageTitle'
import { useWindowWidth } from '../../ui/useWindowWidth'
import { useSelection } from '../batch/useSelection'
import { useTaskActions } from '../useTaskActions'
import { usualColumnsAt } from './columns'
import { EmptyList } from './EmptyList'
import { filterOf } from './filter'
import { ListFilters } from './ListFilters'
import { ListOrder } from './ListOrder'
import { flatRows, treeRows } from './rows'
import { SelectedTasks } from './SelectedTasks'
import { type ListSearch, withOpen } from './search'
import { type ListSort, newestFirst } from './sort'
import styles from './TaskListPage.module.css'
import { type ListActions, TaskTable } from './TaskTable'
import { useTaskList } from './useTaskList'
import { useTotals } from './useTotals'

const none: readonly string[] = []

export function TaskListPage() {
  usePageTitle('Tasks')
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
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
  const shown = usualColumnsAt(useWindowWidth(), filter.tree)
  const actions: ListActions = {
    task: taskActions,
    unfold: (id, on) =>
      void navigate({ search: withOpen(search, id, on), replace: true, resetScroll: false }),
    readBelow: (id) => void readBelow(id),
    select: (id, on, range) => selection.select(ids, id, on, range),
    selectShown: (on) => selection.selectShown(ids, on),
  }
  // Each letter of a search would be a step back; the search as a whole is one.
  const change = (next: ListSearch) =>
    void navigate({ search: next, replace: search.text !== undefined && next.text !== search.text })
  const changeSort = (sort: ListSort) => {
    const { sort: _, direction: __, ...rest } = search
    const plain = sort.by === newestFirst.by && sort.direction === newestFirst.direction
    change(plain ? rest : { ...rest, sort: sort.by, direction: sort.direction })
  }
  const changeTree = (on: boolean) => {
    const { tree: _, open: __, ...rest } = search
    change(on ? { ...rest, tree: true } : rest)
  }
  const canReadOn = query.hasNextPage && !query.isFetching && !query.isFetchNextPageError
  return (
    <>
      <div className={styles.title}>
        <h1>Tasks</h1>
        <Link to="/tasks/new" {...buttonLook('primary')} data-testid="new-task">
          <PlusIcon />
          New task
        </Link>
      </div>
      <ListFilters search={search} totals={totals} onChange={change} />
      {query.isError && tasks.length === 0 ? (
        <Notice title="The tasks could not be read">
          <p>{explain(query.error)}</p>
          <Button onClick={() => void query.refetch()}>Try again</Button>
        </Notice>
      ) : query.data === undefined ? (
        <div className={styles.loading} role="status">
          Reading the tasks…
        </div>
      ) : tasks.length === 0 ? (
        <EmptyList search={search} onClear={() => change({})} />
      ) : (
        <>
          <ListOrder
            total={totals?.shown}
            sort={filter.sort}
            onSort={changeSort}
            tree={filter.tree}
            onTree={search.deleted ? undefined : changeTree}
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
