import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { explain } from '../../graphql/errors'
import { Button, buttonLook } from '../../ui/Button'
import { PlusIcon } from '../../ui/icons'
import { Notice } from '../../ui/Notice'
import { usePageTitle } from '../../ui/usePageTitle'
import { useTaskActions } from '../useTaskActions'
import { EmptyList } from './EmptyList'
import { filterOf } from './filter'
import { ListFilters } from './ListFilters'
import { ListOrder } from './ListOrder'
import type { ListSearch } from './search'
import { type ListSort, newestFirst } from './sort'
import styles from './TaskListPage.module.css'
import { TaskTable } from './TaskTable'
import { useTaskList } from './useTaskList'
import { useTotals } from './useTotals'

export function TaskListPage() {
  usePageTitle('Tasks')
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const filter = useMemo(() => filterOf(search), [search])
  const totals = useTotals(filter)
  const { query, tasks, refreshNow } = useTaskList(filter)
  const actions = useTaskActions((id) => refreshNow([id]))
  // Each letter of a search would be a step back; the search as a whole is one.
  const change = (next: ListSearch) =>
    void navigate({ search: next, replace: search.text !== undefined && next.text !== search.text })
  const changeSort = (sort: ListSort) => {
    const { sort: _, direction: __, ...rest } = search
    const plain = sort.by === newestFirst.by && sort.direction === newestFirst.direction
    change(plain ? rest : { ...rest, sort: sort.by, direction: sort.direction })
  }

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
          <ListOrder total={totals?.shown} sort={filter.sort} onSort={changeSort} />
          <TaskTable
            tasks={tasks}
            actions={actions}
            stale={query.isPlaceholderData}
            sort={filter.sort}
            onSort={changeSort}
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
      {actions.dialogs}
    </>
  )
}
