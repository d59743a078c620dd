import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Reply, type Schemas } from '@/api/client'
import { NotFoundText } from '@/components/not_found'
import { Page } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'

import { team as teamOf } from './queries'

const tabs = [
  { to: '/o/$org/t/$team/people', label: 'team.people' },
  { to: '/o/$org/t/$team/settings', label: 'team.settings' },
] as const

const tab =
  '-mb-px inline-flex min-h-10 items-center border-b-2 border-transparent px-1 text-soft hover:text-ink data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink'

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
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(teamOf(org, team))
  if (!data) {
    const problem = error ? asProblem(error) : null
    if (problem?.status === 404) return <NotFoundText />
    return problem ? <ProblemNotice problem={problem} retry={() => void refetch()} /> : <PageSkeleton />
  }
  const { name, slug, description } = data.body
  return (
    <Page
      title={name}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-mono text-xs break-all">{slug}</span>
          {description ? <span className="wrap-anywhere">{description}</span> : null}
        </span>
      }
    >
      <nav aria-label={t('team.nav')} className="border-b border-line">
        <ul className="flex flex-wrap gap-x-5">
          {tabs.map(({ to, label }) => (
            <li key={to}>
              <Link to={to} params={{ org, team }} activeOptions={{ includeSearch: false }} className={tab}>
                {t(label)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {children(data)}
    </Page>
  )
}
