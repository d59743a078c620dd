import { createRouter } from '@tanstack/react-router'

import { queries } from './api/queries'
import { NotFound } from './components/not_found'
import { PageProblem } from './components/problem'
import { PageSkeleton } from './components/skeleton'
import { routeTree } from './routeTree.gen'

export const router = createRouter({
  routeTree,
  context: { queries },
  defaultPreload: 'intent',
  // What was asked for is kept by the queries.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  scrollRestoration: true,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: PageProblem,
  defaultPendingComponent: PageSkeleton,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
