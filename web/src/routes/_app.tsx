import { createFileRoute, Outlet, redirect } from '@tanstack/react-router'

import { me } from '@/api/queries'
import { speakInside } from '@/i18n'
import { rememberSignedIn } from '@/signed_in'

// All pages of who is signed in.
export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    const [known] = await Promise.all([
      context.queries.ensureQueryData({ ...me, revalidateIfStale: true }),
      speakInside(),
    ])
    if (!known) throw redirect({ to: '/login', search: { to: location.href }, replace: true })
    rememberSignedIn()
    return { account: known }
  },
  component: Outlet,
})
