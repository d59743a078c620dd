import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { useLive } from '@/api/live'
import { Button, buttonClass } from '@/components/button'
import { NotFoundText } from '@/components/not_found'
import { Notice } from '@/components/notice'
import { Empty, Page, Panel } from '@/components/page'
import { PlanFull } from '@/components/plan_full'
import { ProblemNotice, UnreadPage } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { useWhyNot } from '@/features/frame/why_not'
import { team as teamOf } from '@/features/teams/queries'
import { TeamTabs } from '@/features/teams/team_tabs'

import { Crumbs } from './crumbs'
import { LiveMark } from './live_mark'
import { deployments } from './queries'
import { pageSize, shown, type View, type ViewChange } from './rows'
import { DeploymentsTable } from './table'
import { Toolbar } from './toolbar'

type Team = Schemas['Team']

// The place of the page's one action, while nobody knows yet whether it is allowed too.
function NewDeployment({ org, team }: { org: string; team: Team }) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  if (team.allowed_actions.includes('deployments:create'))
    return (
      <Link to="/o/$org/t/$team/new" params={{ org, team: team.slug }} className={buttonClass('primary')}>
        {t('deployments.new')}
      </Link>
    )
  return (
    <div className="flex flex-col items-start gap-1 sm:items-end">
      <Button look="primary" disabled aria-describedby="new-why">
        {t('deployments.new')}
      </Button>
      <p id="new-why" className="max-w-60 text-xs text-soft sm:text-right">
        {whyNot('deployments.new_not')}
      </p>
    </div>
  )
}

function ListLoading() {
  return (
    <Loading>
      <Panel>
        {Array.from({ length: 3 }, (_, at) => (
          <div key={at} className="flex h-12 items-center gap-4 border-b border-line px-4 last:border-b-0">
            <Bar className="w-32" />
            <Bar className="w-20" />
            <Bar className="w-48" />
          </div>
        ))}
      </Panel>
    </Loading>
  )
}

function List({
  org,
  slug,
  team,
  view,
  show: go,
}: {
  org: string
  slug: string
  team: Team | null
  view: View
  show: (change: ViewChange) => void
}) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [name, setName] = useState(view.name ?? '')
  const show = (change: ViewChange) => {
    if ('name' in change) setName(change.name ?? '')
    go(change)
  }
  const { data, error, refetch } = useQuery(deployments(org, slug))
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data || !team) return <ListLoading />
  if (data.items.length === 0) {
    const may = team.allowed_actions.includes('deployments:create')
    return (
      <Empty
        title={t('deployments.empty')}
        text={may ? t('deployments.empty_text') : whyNot('deployments.new_not')}
        action={
          may ? (
            <Link to="/o/$org/t/$team/new" params={{ org, team: slug }} className={buttonClass('plain')}>
              {t('deployments.first')}
            </Link>
          ) : null
        }
      />
    )
  }
  const { rows, total, page, pages } = shown(data.items, view)
  return (
    <div className="flex flex-col gap-3">
      <Toolbar name={name} view={view} show={show} />
      {total === 0 ? (
        <Empty
          title={t('deployments.none')}
          text={t('deployments.none_text')}
          action={
            <Button onClick={() => show({ name: undefined, phase: undefined })}>
              {t('deployments.all')}
            </Button>
          }
        />
      ) : (
        <DeploymentsTable org={org} team={slug} rows={rows} />
      )}
      {data.whole ? null : <Notice tone="info">{t('deployments.not_all', { count: data.items.length })}</Notice>}
      {pages > 1 ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-soft">
            {t('deployments.range', {
              from: (page - 1) * pageSize + 1,
              to: (page - 1) * pageSize + rows.length,
              total,
            })}
          </p>
          <div className="flex gap-2">
            <Button disabled={page === 1} onClick={() => show({ page: page - 1 })}>
              {t('deployments.before')}
            </Button>
            <Button disabled={page === pages} onClick={() => show({ page: page + 1 })}>
              {t('deployments.after')}
            </Button>
          </div>
        </div>
      ) : null}
    </div>
  )
}

export function TeamPage({
  org,
  team: slug,
  view,
  show,
}: {
  org: string
  team: string
  view: View
  show: (change: ViewChange) => void
}) {
  const { t } = useTranslation()
  const live = useLive(org)
  const { data, error, refetch } = useQuery(teamOf(org, slug))
  const problem = error ? asProblem(error) : null
  if (problem?.status === 404) return <NotFoundText was={data?.body.name} />
  if (problem && !data)
    return <UnreadPage title={slug} above={<Crumbs org={org} />} problem={problem} retry={() => void refetch()} />
  const team = data?.body ?? null
  return (
    <Page
      title={team?.name ?? slug}
      of={t('deployments.title')}
      above={<Crumbs org={org} />}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>{team ? team.description || t('deployments.lead') : <Bar className="my-0.5 w-52" />}</span>
          <LiveMark live={live} />
        </span>
      }
      action={team ? <NewDeployment org={org} team={team} /> : <Bar className="h-9 w-36" />}
    >
      <TeamTabs org={org} team={slug} />
      {team?.allowed_actions.includes('deployments:create') ? (
        <PlanFull org={org} feature="deployments.max" />
      ) : null}
      <List org={org} slug={slug} team={team} view={view} show={show} />
    </Page>
  )
}
