import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { explain } from '../../graphql/errors'
import { Button, buttonLook } from '../../ui/Button'
import { PlusIcon } from '../../ui/icons'
import { Notice } from '../../ui/Notice'
import { usePageTitle } from '../../ui/usePageTitle'
import { useTaskActions } from '../useTaskActions'
import type { ListFilter } from './applyTasks'
import { EmptyList } from './EmptyList'
import { ListFilters } from './ListFilters'
import type { ListSearch } from './search'
import styles from './TaskListPage.module.css'
import { TaskTable } from './TaskTable'
import { useTaskList } from './useTaskList'

export function TaskListPage() {
  usePageTitle('Tasks')
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const filter = useMemo<ListFilter>(
    () => ({ status: search.status ?? [], name: search.name ?? '', deleted: search.deleted ?? false }),
    [search],
  )
  const { query, tasks, refreshNow } = useTaskList(filter)
  const actions = useTaskActions((id) => refreshNow([id]))
  const change = (next: ListSearch) => void navigate({ search: next, replace: true })

  return (
    <>
      <div className={styles.title}>
        <h1>Tasks</h1>
        <Link to="/tasks/new" {...buttonLook('primary')} data-testid="new-task">
          <PlusIcon />
          New task
        </Link>
      </div>
      <ListFilters search={search} onChange={change} />
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
          <TaskTable tasks={tasks} actions={actions} stale={query.isPlaceholderData} />
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
