import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { asProblem, type Reply, type Schemas } from '@/api/client'
import { NotFoundText } from '@/components/not_found'
import { Page } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { Bar, PageSkeleton } from '@/components/skeleton'
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
  const of = data?.body
  const failed = problem && !data
  return (
    <Page
      title={of?.name ?? team}
      above={<Crumbs org={org} />}
      lead={
        of ? (
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-mono text-xs break-all">{of.slug}</span>
            {of.description ? <span className="wrap-anywhere">{of.description}</span> : null}
          </span>
        ) : failed ? null : (
          <Bar className="my-0.5 w-52" />
        )
      }
    >
      {failed ? (
        <ProblemNotice problem={problem} retry={() => void refetch()} />
      ) : (
        <>
          <TeamTabs org={org} team={team} />
          {data ? children(data) : <PageSkeleton />}
        </>
      )}
    </Page>
  )
}
