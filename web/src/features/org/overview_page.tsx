import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { me, organization } from '@/api/queries'
import { Page, Panel, Section } from '@/components/page'
import { Pill } from '@/components/pill'
import { usePlanName } from '@/components/plan_name'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { Time } from '@/components/time'

import { Meters } from './meters'
import { OfferToMe } from './offer_to_me'
import { TeamsTable } from './teams_table'

function NextSteps({ org, actions }: { org: string; actions: readonly string[] }) {
  const { t } = useTranslation()
  const { data } = useQuery(me)
  // The first team that they may deploy in.
  const team = data?.organizations.find((one) => one.slug === org)?.teams.find(({ role }) => role !== 'viewer')
  const row = 'flex min-h-12 items-center gap-3 px-4 py-2 hover:bg-sunken focus-visible:-outline-offset-2'
  const text = (title: string, lead: string) => (
    <>
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="font-medium">{title}</span>
        <span className="text-soft">{lead}</span>
      </span>
      <ArrowRight aria-hidden size={16} className="shrink-0 text-soft" />
    </>
  )
  const verify = data ? !data.user.email_verified : false
  const invite = actions.includes('invitations:manage')
  // Who can do none of it is shown no empty box.
  if (!team && !verify && !invite) return null
  return (
    <Section title={t('next.title')}>
      <Panel>
        <ul className="divide-y divide-line">
          {team ? (
            <li>
              <Link to="/o/$org/t/$team/new" params={{ org, team: team.slug }} className={row}>
                {text(t('next.deploy'), t('next.deploy_text'))}
              </Link>
            </li>
          ) : null}
          {verify ? (
            <li>
              <Link to="/account" className={row}>
                {text(t('next.verify'), t('next.verify_text'))}
              </Link>
            </li>
          ) : null}
          {invite ? (
            <li>
              <Link to="/o/$org/people" params={{ org }} className={row}>
                {text(t('next.invite'), t('next.invite_text'))}
              </Link>
            </li>
          ) : null}
        </ul>
      </Panel>
    </Section>
  )
}

export function OverviewPage({ org }: { org: string }) {
  const { t } = useTranslation()
  const planName = usePlanName()
  const { data, error, refetch } = useQuery(organization(org))
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data)
    return (
      <Loading>
        <div className="flex h-[3.75rem] flex-col gap-3">
          <Bar className="h-6 w-52" />
          <Bar className="w-72" />
        </div>
      </Loading>
    )
  const { name, slug, plan, role, state, suspension, created_at, purge_at, allowed_actions } = data.body
  const said = state === 'active' ? 'org.active' : state === 'suspended' ? 'org.suspended' : 'org.deleting'
  return (
    <Page
      title={name}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Pill tone={state === 'active' ? 'good' : 'danger'}>{t(said)}</Pill>
          <span className="font-mono text-xs break-all">{slug}</span>
          <span>{t('org.plan', { plan: planName(plan) })}</span>
          {role ? <span>{t('org.your_role', { role: t(`role.${role}`) })}</span> : null}
          <span>
            {t('org.since')} <Time at={created_at} />
          </span>
          {purge_at ? (
            <span className="text-danger">
              {t('org.purged')} <Time at={purge_at} />
            </span>
          ) : null}
        </span>
      }
    >
      {suspension ? null : <OfferToMe org={slug} />}
      <Section title={t('usage.title')}>
        <Meters org={slug} />
      </Section>
      {suspension ? null : <NextSteps org={slug} actions={allowed_actions} />}
      <Section title={t('teams.title')} lead={t('teams.lead')}>
        <TeamsTable org={slug} />
      </Section>
    </Page>
  )
}
