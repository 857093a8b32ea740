import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
} from '@tanstack/react-router'
import { SessionGate } from './account/session-gate.tsx'
import { SetupPage } from './account/setup-page.tsx'
import { SignInPage } from './account/sign-in-page.tsx'
import { parseListSearch, parseQuery, writeQuery } from './list-search.ts'
import { NowScreen } from './now/now-screen.tsx'
import { ObjectPage } from './object/object-page.tsx'
import { ListSkeleton } from './shell/list-skeleton.tsx'
import { ServicesScreen } from './services/services-screen.tsx'
import { StatusScreen } from './status/status-screen.tsx'

const root = createRootRoute({
  notFoundComponent: () => (
    <main className="p-8">
      <h1 className="text-[17px] font-semibold">There is nothing at this address.</h1>
      <Link to="/" className="link mt-2 inline-block">
        Go to Now
      </Link>
    </main>
  ),
})
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search['next'] === 'string' ? { next: search['next'] } : {},
})
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: SetupPage })

const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: SessionGate })
const now = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: NowScreen,
  validateSearch: parseListSearch,
})
const services = createRoute({
  getParentRoute: () => inside,
  path: '/services',
  component: ServicesScreen,
  validateSearch: parseListSearch,
})
const object = createRoute({
  getParentRoute: () => inside,
  path: '/objects/$id',
  component: ObjectPage,
})
const clusters = createRoute({
  getParentRoute: () => inside,
  path: '/clusters',
  component: lazyRouteComponent(() => import('./clusters/clusters-screen.tsx'), 'ClustersScreen'),
  pendingComponent: ListSkeleton,
})
const vantage = createRoute({
  getParentRoute: () => inside,
  path: '/vantage',
  component: lazyRouteComponent(() => import('./vantage/vantage-screen.tsx'), 'VantageScreen'),
  pendingComponent: ListSkeleton,
  validateSearch: parseListSearch,
})
const status = createRoute({
  getParentRoute: () => inside,
  path: '/status',
  component: StatusScreen,
})

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setup,
    inside.addChildren([now, services, object, vantage, clusters, status]),
  ]),
  parseSearch: parseQuery,
  stringifySearch: writeQuery,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
