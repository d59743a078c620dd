import { createFileRoute, redirect } from '@tanstack/react-router'

import { config, me } from '@/api/queries'
import { LogInPage } from '@/features/entry/log_in_page'
import { ownPath } from '@/features/entry/redirect'

export const Route = createFileRoute('/_entry/login')({
  validateSearch: (search): { to?: string } =>
    ownPath(search.to) === '/' ? {} : { to: ownPath(search.to) },
  beforeLoad: async ({ context, search }) => {
    const [known] = await Promise.all([
      context.queries.ensureQueryData(me),
      context.queries.prefetchQuery(config),
    ])
    if (known) throw redirect({ href: ownPath(search.to), replace: true })
  },
  component: Page,
})

function Page() {
  const { to } = Route.useSearch()
  return <LogInPage to={ownPath(to)} />
}
