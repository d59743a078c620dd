import { useQuery } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { organization } from '@/api/queries'
import { Button } from '@/components/button'
import { Page } from '@/components/page'
import { useWhyNot } from '@/features/frame/why_not'
import { RestoreForm } from '@/features/member/restore_form'

import { InvitationList } from './invitation_list'
import { InviteDialog } from './invite_dialog'
import { MemberList } from './member_list'
import type { State } from './states'

export type PeopleTab = 'members' | 'invitations' | 'removed'

const tabClass =
  '-mb-px min-h-10 border-b-2 border-transparent px-1 text-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink'

export function PeoplePage({
  org,
  tab,
  name,
  state,
  show,
  filter,
}: {
  org: string
  tab: PeopleTab
  name: string
  state: State
  show: (tab: PeopleTab) => void
  filter: (change: { name?: string; state?: State }) => void
}) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [inviting, setInviting] = useState(false)
  const { data } = useQuery(organization(org))
  const may = data?.body.allowed_actions.includes('invitations:manage') ?? false
  return (
    <Page
      title={t('nav.people')}
      {...(data ? { of: data.body.name } : {})}
      lead={t('people.lead')}
      action={
        <div className="flex flex-col items-start gap-1 sm:items-end">
          <Button
            look="primary"
            disabled={!may}
            aria-describedby={data && !may ? 'invite-why' : undefined}
            onClick={() => setInviting(true)}
          >
            {t('people.invite')}
          </Button>
          {data && !may ? (
            <p id="invite-why" className="text-xs text-soft">
              {whyNot('people.invite_not')}
            </p>
          ) : null}
        </div>
      }
    >
      <Tabs.Root value={tab} onValueChange={(to) => show(to as PeopleTab)} className="flex flex-col gap-4">
        <Tabs.List aria-label={t('nav.people')} className="flex gap-5 border-b border-line">
          <Tabs.Trigger value="members" className={tabClass}>
            {t('people.members')}
          </Tabs.Trigger>
          <Tabs.Trigger value="invitations" className={tabClass}>
            {t('people.invitations')}
          </Tabs.Trigger>
          <Tabs.Trigger value="removed" className={tabClass}>
            {t('member.removed')}
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="members">
          <MemberList org={org} name={name} search={(to) => filter({ name: to })} />
        </Tabs.Content>
        <Tabs.Content value="invitations">
          <InvitationList
            org={org}
            state={state}
            show={(to) => filter({ state: to })}
            invite={may ? () => setInviting(true) : null}
          />
        </Tabs.Content>
        <Tabs.Content value="removed">
          <RestoreForm org={org} />
        </Tabs.Content>
      </Tabs.Root>
      {inviting ? (
        <InviteDialog
          org={org}
          onClose={() => setInviting(false)}
          seeInvitations={() => {
            setInviting(false)
            show('invitations')
          }}
        />
      ) : null}
    </Page>
  )
}
