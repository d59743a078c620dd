import { useQuery } from '@tanstack/react-query'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'

import { PageSkeleton } from '@/components/skeleton'
import { atTeam } from '@/features/frame/address'

import { team as teamOf } from './queries'

// Around every page of a team: at a name of before there is the team itself, and nothing that it has, so
// the address gives way to that of now. The pages ask for the team as well, and share the answer.
export function TeamPlace({ org, team, children }: { org: string; team: string; children: ReactNode }) {
  const router = useRouter()
  const { href } = useLocation()
  const { data } = useQuery(teamOf(org, team))
  const slug = data && data.body.id !== team && data.body.slug !== team ? data.body.slug : null
  useEffect(() => {
    if (slug !== null) router.history.replace(atTeam(href, slug))
  }, [router, href, slug])
  return slug === null ? children : <PageSkeleton />
}
