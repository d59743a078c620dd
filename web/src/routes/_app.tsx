import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Outlet, redirect } from '@tanstack/react-router'
import { useEffect } from 'react'

import { sessionEnded } from '@/api/client'
import { me } from '@/api/queries'
import { speakInside } from '@/i18n'
import { rememberSignedIn, wasSignedIn } from '@/signed_in'

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
  component: Inside,
})

// A session that has ended elsewhere is noticed by whatever asks who is signed in. Who signs out here is led on
// by that.
function Inside() {
  const { data } = useQuery(me)
  useEffect(() => {
    if (data === null && wasSignedIn()) sessionEnded()
  }, [data])
  return <Outlet />
}
