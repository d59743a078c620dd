import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { me, organization } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { Button } from '@/components/button'
import { Page, Section } from '@/components/page'
import { Pill } from '@/components/pill'
import { ProblemNotice, UnreadPage } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Time } from '@/components/time'
import { GrantedBy } from '@/features/access/right'
import { useWhyNot } from '@/features/frame/why_not'
import { RemovalEffects } from '@/features/people/removal_effects'
import { RemoveDialog } from '@/features/people/remove_dialog'
import { OrgRoleDialog } from '@/features/people/role_dialog'

import { BackNotice } from './back_notice'
import { member as memberOf, rightsOf } from './queries'
import { useRestore } from './restore'
import { MemberTeams } from './teams'

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-0.5 bg-panel px-4 py-3 first:col-span-2">
      <dt className="text-soft">{name}</dt>
      <dd className="flex min-h-5 min-w-0 flex-col wrap-anywhere">{children}</dd>
    </div>
  )
}

function Facts({ of, rights }: { of: Schemas['Member']; rights: Schemas['Access'][] }) {
  const { t } = useTranslation()
  const own = rights.find((one) => one.scope === 'organization')
  return (
    <dl className="grid gap-px overflow-hidden rounded-md border border-line bg-line grid-cols-2 sm:flex sm:flex-wrap">
      <Fact name={t('people.role')}>{t(`role.${of.org_role}`)}</Fact>
      <Fact name={t('member.role_since')}>{own ? <Time at={own.since} /> : null}</Fact>
      <Fact name={t('member.given_by')}>{own ? <GrantedBy of={own.granted_by} /> : null}</Fact>
      <Fact name={t('member.joined')}>
        <Time at={of.since} />
      </Fact>
      <Fact name={t('people.active')}>
        {of.last_active ? <Time at={of.last_active} about /> : t('people.never')}
      </Fact>
    </dl>
  )
}

// Who is not there may have been removed, and can come back.
function Gone({
  org,
  user,
  restored,
}: {
  org: string
  user: string
  restored: (back: Schemas['Reinstated']) => void
}) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const { data } = useQuery(organization(org))
  const restore = useRestore(org, restored)
  const may = data?.body.allowed_actions.includes('members:manage') ?? false
  return (
    <Page title={t('member.gone')}>
      <p className="max-w-prose">{t('member.gone_text')}</p>
      {restore.error ? <ProblemNotice problem={asProblem(restore.error)} /> : null}
      {may ? (
        <div>
          <Button
            look="primary"
            busy={restore.isPending}
            onClick={() => restore.mutateAsync(user)}
          >
            {t('member.restore')}
          </Button>
        </div>
      ) : data ? (
        <p className="text-soft">{whyNot('member.restore_not')}</p>
      ) : null}
    </Page>
  )
}

export function MemberPage({ org, user }: { org: string; user: string }) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [doing, setDoing] = useState<'role' | 'remove' | null>(null)
  const [back, setBack] = useState<Schemas['Reinstated'] | null>(null)
  const { data: account } = useQuery(me)
  const { data, error, refetch } = useQuery(memberOf(org, user))
  // What stands lower on the page waits for it, so that nothing jumps.
  const rights = useQuery(rightsOf(org, user))
  const problem = error ? asProblem(error) : null
  // Also of who was here a moment ago.
  if (problem?.status === 404) return <Gone org={org} user={user} restored={setBack} />
  if (!data || rights.isPending)
    return problem ? (
      <UnreadPage title={t('nav.people')} problem={problem} retry={() => void refetch()} />
    ) : (
      <PageSkeleton />
    )
  const owner = data.org_role === 'org_owner'
  const may = data.allowed_actions.includes('members:manage') && !owner
  return (
    <Page
      title={data.user.name}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="wrap-anywhere"><Breakable text={data.user.email} /></span>
          {data.user.id === account?.user.id ? <Pill tone="accent">{t('people.you')}</Pill> : null}
        </span>
      }
      action={
        <Button
          disabled={!may}
          aria-describedby={may ? undefined : 'member-why'}
          onClick={() => setDoing('role')}
        >
          {t('people.change_role')}
        </Button>
      }
    >
      {back ? <BackNotice of={back} /> : null}
      <Facts of={data} rights={rights.data ?? []} />
      {may ? null : (
        <p id="member-why" className="text-soft">
          {owner ? t('member.owner_stays') : whyNot('member.change_not')}
        </p>
      )}
      {rights.data ? (
        <MemberTeams org={org} of={rights.data} />
      ) : (
        <ProblemNotice problem={asProblem(rights.error)} retry={() => void rights.refetch()} />
      )}
      {may ? (
        <Section title={t('member.removal')} lead={t('member.removal_lead')}>
          <div className="max-w-xl">
            <RemovalEffects org={org} user={data.user.id} />
          </div>
          <div>
            <Button look="danger" onClick={() => setDoing('remove')}>
              {t('people.remove')}
            </Button>
          </div>
        </Section>
      ) : null}
      {doing === 'role' ? <OrgRoleDialog org={org} of={data} onClose={() => setDoing(null)} /> : null}
      {doing === 'remove' ? <RemoveDialog org={org} of={data} onClose={() => setDoing(null)} /> : null}
    </Page>
  )
}
