import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { asProblem, type Reply, type Schemas } from '@/api/client'
import { NotFoundText } from '@/components/not_found'
import { Page } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Crumbs } from '@/features/deployments/crumbs'

import { team as teamOf } from './queries'
import { TeamTabs } from './team_tabs'

// Around the pages of one team: which it is, and the way to its other pages.
export function TeamPage({
  org,
  team,
  children,
}: {
  org: string
  team: string
  children: (found: Reply<Schemas['Team']>) => ReactNode
}) {
  const { data, error, refetch } = useQuery(teamOf(org, team))
  const problem = error ? asProblem(error) : null
  if (problem?.status === 404) return <NotFoundText was={data?.body.name} />
  if (!data) {
    return problem ? <ProblemNotice problem={problem} retry={() => void refetch()} /> : <PageSkeleton />
  }
  const { name, slug, description } = data.body
  return (
    <Page
      title={name}
      above={<Crumbs org={org} />}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-mono text-xs break-all">{slug}</span>
          {description ? <span className="wrap-anywhere">{description}</span> : null}
        </span>
      }
    >
      <TeamTabs org={org} team={team} />
      {children(data)}
    </Page>
  )
}
