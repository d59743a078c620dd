import { createFileRoute, redirect } from '@tanstack/react-router'

import { me } from '@/api/queries'

export const Route = createFileRoute('/')({
  beforeLoad: async ({ context }) => {
    const known = await context.queries.ensureQueryData(me)
    if (!known) throw redirect({ to: '/login' })
    const [first, ...others] = known.organizations
    if (first && others.length === 0)
      throw redirect({ to: '/o/$org', params: { org: first.slug } })
    // Who runs the installation and has nothing in it begins there.
    throw redirect({ to: !first && known.platform_admin ? '/platform' : '/orgs' })
  },
})
