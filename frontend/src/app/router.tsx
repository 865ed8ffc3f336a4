import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { validateCreateSearch } from '../tasks/create/search'
import { validateDetailSearch } from '../tasks/detail/search'
import { validateListSearch } from '../tasks/list/search'
import { TaskListPage } from '../tasks/list/TaskListPage'
import { NotFound } from './NotFound'
import { PageError } from './PageError'
import { Shell } from './Shell'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageError })

const list = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: TaskListPage,
  validateSearch: validateListSearch,
})

const create = createRoute({
  getParentRoute: () => root,
  path: '/tasks/new',
  validateSearch: validateCreateSearch,
  component: lazyRouteComponent(() => import('../tasks/create/CreateTaskPage'), 'CreateTaskPage'),
})

const detail = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$taskId',
  component: lazyRouteComponent(() => import('../tasks/detail/TaskPage'), 'TaskPage'),
  validateSearch: validateDetailSearch,
})

export const router = createRouter({
  routeTree: root.addChildren([list, create, detail]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
