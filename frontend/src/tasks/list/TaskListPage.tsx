import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { ViewPartsFragment } from '../../gql/graphql'
import { Button, buttonLook } from '../../ui/Button'
import { PlusIcon } from '../../ui/icons'
import { Notice } from '../../ui/Notice'
import { Reading } from '../../ui/Reading'
import { usePageTitle } from '../../ui/usePageTitle'
import { useComings } from '../views/useComings'
import { useViewActions } from '../views/useViewActions'
import { useViews } from '../views/useViews'
import { ViewMenu } from '../views/ViewMenu'
import { ViewState } from '../views/ViewState'
import { addressOf, isAsKept, shownOf } from '../views/view'
import { requestOf } from './filter'
import type { ListSearch } from './search'
import { TaskList } from './TaskList'
import styles from './TaskListPage.module.css'

/** All tasks, or those of a saved view, or what was made of either. */
export function TaskListPage() {
  const address = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const { data: views, isPending, refetch } = useViews()
  const view = views?.find(({ id }) => id === address.view)
  const search = useMemo(() => shownOf(address, view), [address, view])
  const { comings, restart } = useComings(view && requestOf(search))
  usePageTitle(view?.name ?? 'Tasks')

  // Each letter of a search would be a step back; the search as a whole is one.
  const change = (next: ListSearch, quietly = false) =>
    void navigate({
      search: addressOf(next, view),
      replace: quietly || (search.text !== undefined && next.text !== search.text),
      resetScroll: !quietly,
    })
  const open = (next: ViewPartsFragment | undefined) =>
    void navigate({ search: next ? addressOf(shownOf({ view: next.id }, next), next) : {} })
  const actions = useViewActions(search, open)

  return (
    <>
      <div className={styles.title}>
        <h1>{view?.name ?? 'Tasks'}</h1>
        <ViewMenu
          views={views ?? []}
          open={view}
          onOpen={open}
          onSaveAs={actions.saveAs}
          onRename={actions.rename}
          onRemove={actions.remove}
        />
        <Link to="/tasks/new" {...buttonLook('primary')} data-testid="new-task">
          <PlusIcon />
          New task
        </Link>
      </div>
      {view && (
        <ViewState
          view={view}
          edited={address.edited === true && !isAsKept(search, view)}
          comings={comings}
          onUpdate={() => actions.update(view)}
          onDiscard={() => open(view)}
          onSeen={restart}
        />
      )}
      {address.view === undefined || view ? (
        <TaskList search={search} onChange={change} />
      ) : isPending ? (
        <Reading what="the view" />
      ) : (
        <Notice title={views ? 'This view does not exist any more' : 'The view could not be read'}>
          {!views && <Button onClick={() => void refetch()}>Try again</Button>}
          <Button onClick={() => open(undefined)}>Show all tasks</Button>
        </Notice>
      )}
      {actions.dialogs}
    </>
  )
}
