import { createFileRoute, Outlet, redirect } from '@tanstack/react-router'

import { me } from '@/api/queries'

// All pages of who is signed in.
export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    const known = await context.queries.ensureQueryData({ ...me, revalidateIfStale: true })
    if (!known) throw redirect({ to: '/login', search: { to: location.href }, replace: true })
    return { account: known }
  },
  component: Outlet,
})
