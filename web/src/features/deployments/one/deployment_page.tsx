import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Reply, type Schemas } from '@/api/client'
import { useLive } from '@/api/live'
import { deploymentKey } from '@/api/live_changes'
import { Button } from '@/components/button'
import { NotFoundText } from '@/components/not_found'
import { Page, Section } from '@/components/page'
import { Pill } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { toast } from '@/components/toasts'
import { useWhyNot } from '@/features/frame/why_not'
import { team as teamOf } from '@/features/teams/queries'

import { Crumbs } from '../crumbs'
import { LiveMark } from '../live_mark'
import { PhasePill } from '../phase_pill'
import { deployment as deploymentOf } from '../queries'
import { ChangeForm } from './change_form'
import { DeleteSection } from './delete_section'
import { DeployDialog } from './deploy_dialog'
import { Facts } from './facts'
import { ServicesTable, Variables } from './services'
import { Status } from './status'

type Deployment = Schemas['Deployment']
type Tab = 'overview' | 'settings'

const tabClass =
  '-mb-px min-h-10 border-b-2 border-transparent px-1 text-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink'

function Actions({ org, team, of }: { org: string; team: string; of: Deployment }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const whyNot = useWhyNot(org)
  const [deploying, setDeploying] = useState(false)
  const restart = useMutation({
    mutationFn: () =>
      ask('post', '/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}/restart', {
        params: { org, team, deployment: of.name },
      }),
    onSuccess: (reply) => {
      client.setQueryData(deploymentKey(org, team, of.name), reply)
      toast(t('one.restarting', { name: of.name }))
    },
  })
  const mayDeploy = of.allowed_actions.includes('deployments:update')
  const mayRestart = of.allowed_actions.includes('deployments:restart')
  const why = mayDeploy && mayRestart ? undefined : 'actions-why'
  return (
    <div className="flex flex-col items-start gap-1 sm:items-end">
      <div className="flex flex-wrap gap-2">
        <Button
          busy={restart.isPending}
          disabled={!mayRestart}
          aria-describedby={why}
          onClick={() => restart.mutateAsync()}
        >
          {t('one.restart')}
        </Button>
        <Button
          look="primary"
          disabled={!mayDeploy}
          aria-describedby={why}
          onClick={() => setDeploying(true)}
        >
          {t('one.deploy')}
        </Button>
      </div>
      {why ? (
        <p id={why} className="max-w-60 text-xs text-soft sm:text-right">
          {of.phase === 'Deleting' ? t('one.on_its_way') : whyNot('change.not')}
        </p>
      ) : null}
      {restart.error ? <ProblemNotice problem={asProblem(restart.error)} /> : null}
      {deploying ? <DeployDialog org={org} team={team} of={of} onClose={() => setDeploying(false)} /> : null}
    </div>
  )
}

function PageLoading() {
  return (
    <Loading>
      <div className="flex flex-col gap-6">
        <Bar className="h-16 w-full" />
        <Bar className="h-44 w-full" />
        <Bar className="h-24 w-full" />
      </div>
    </Loading>
  )
}

function Overview({ of }: { of: Deployment }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-6">
      <Status of={of} />
      <Facts of={of} />
      <Section title={t('services.title')}>
        <ServicesTable of={of.services} />
      </Section>
      <Section title={t('deploy.variables')}>
        <Variables of={of.services} />
      </Section>
    </div>
  )
}

function Settings({ org, team, of }: { org: string; team: string; of: Reply<Deployment> }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-8">
      <Section title={t('change.title')} lead={t('change.lead')}>
        <ChangeForm org={org} team={team} first={of} />
      </Section>
      <DeleteSection org={org} team={team} of={of} />
    </div>
  )
}

export function DeploymentPage({
  org,
  team,
  name,
  tab,
  show,
}: {
  org: string
  team: string
  name: string
  tab: Tab
  show: (tab: Tab) => void
}) {
  const { t } = useTranslation()
  const live = useLive(org)
  const { data: inTeam } = useQuery(teamOf(org, team))
  const { data, error, refetch } = useQuery(deploymentOf(org, team, name))
  const problem = error ? asProblem(error) : null
  if (problem?.status === 404) return <NotFoundText was={data?.body.name} />
  const failed = problem !== null && !data
  const of = data?.body
  return (
    <Page
      title={of?.name ?? name}
      of={inTeam?.body.name ?? team}
      above={<Crumbs org={org} team={team} {...(inTeam ? { name: inTeam.body.name } : {})} />}
      lead={
        <span className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1">
          {of ? <PhasePill phase={of.phase} /> : failed ? null : <Bar className="w-20" />}
          {of?.cluster === 'simulated' ? (
            <>
              <Pill tone="neutral">{t('one.simulated')}</Pill>
              <span>{t('one.simulated_text')}</span>
            </>
          ) : null}
          <LiveMark live={live} />
        </span>
      }
      action={
        of ? <Actions org={org} team={team} of={of} /> : failed ? null : <Bar className="h-9 w-44" />
      }
    >
      {failed ? (
        <ProblemNotice problem={problem} retry={() => void refetch()} />
      ) : (
        <Tabs.Root value={tab} onValueChange={(to) => show(to as Tab)} className="flex flex-col gap-5">
          <Tabs.List aria-label={of?.name ?? name} className="flex gap-5 border-b border-line">
            <Tabs.Trigger value="overview" className={tabClass}>
              {t('nav.overview')}
            </Tabs.Trigger>
            <Tabs.Trigger value="settings" className={tabClass}>
              {t('nav.settings')}
            </Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content value="overview">{of ? <Overview of={of} /> : <PageLoading />}</Tabs.Content>
          <Tabs.Content value="settings">
            {data ? <Settings org={org} team={team} of={data} /> : <PageLoading />}
          </Tabs.Content>
        </Tabs.Root>
      )}
    </Page>
  )
}
