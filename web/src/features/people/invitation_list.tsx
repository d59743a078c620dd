import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Problem, type Schemas } from '@/api/client'
import { Breakable } from '@/components/breakable'
import { Button } from '@/components/button'
import { ListSkeleton, More } from '@/components/listing'
import { Empty } from '@/components/page'
import { Pill, type PillTone } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { toast } from '@/components/toasts'

import { invitations } from './queries'
import { RevokeDialog } from './revoke_dialog'
import { states, type State } from './states'

type Invitation = Schemas['Invitation']

const tones: Record<Invitation['state'], PillTone> = {
  pending: 'accent',
  accepted: 'good',
  declined: 'neutral',
  revoked: 'neutral',
  expired: 'warn',
}

function Delivery({ of }: { of: Invitation }) {
  const { t } = useTranslation()
  const { delivery } = of
  if (!delivery || of.state !== 'pending') return null
  const failed = delivery.state === 'failed'
  return (
    <span className={`block text-xs ${failed ? 'text-danger' : 'text-soft'}`}>
      {t(`delivery.${delivery.state}` as 'delivery.sent')}
      {failed && delivery.reason ? `: ${delivery.reason}` : null}
    </span>
  )
}

// What could not be done with an invitation, which may not stand in the list any more.
interface Over {
  title: string
  problem: Problem
}

function Actions({ org, of, over }: { org: string; of: Invitation; over: (why: Over | null) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const params = { org, invitation: of.id }
  const renew = () => client.invalidateQueries({ queryKey: ['org', org] })
  const [sure, setSure] = useState(false)
  const fails = (title: string) => (error: Error) => {
    over({ title, problem: asProblem(error) })
    void renew()
  }
  const resend = useMutation({
    onMutate: () => over(null),
    onError: fails(t('people.not_resent', { email: of.email })),
    mutationFn: () =>
      ask('post', '/api/v1/orgs/{org}/invitations/{invitation}/resend', { params }),
    onSuccess: async () => {
      toast(t('people.resent', { email: of.email }))
      await renew()
    },
  })
  if (!of.allowed_actions.includes('invitations:manage')) return null
  return (
    <>
      <span className="flex flex-wrap gap-2 sm:justify-end lg:flex-nowrap lg:whitespace-nowrap">
        {of.state === 'pending' || of.state === 'expired' ? (
          <Button
            busy={resend.isPending}
            onClick={() => resend.mutateAsync()}
            aria-label={t('people.resend_to', { email: of.email })}
          >
            {t('people.resend')}
          </Button>
        ) : null}
        {of.state === 'pending' ? (
          <Button
            look="quiet"
            onClick={() => {
              over(null)
              setSure(true)
            }}
            aria-label={t('people.revoke_of', { email: of.email })}
          >
            {t('people.revoke')}
          </Button>
        ) : null}
      </span>
      {sure ? (
        <RevokeDialog
          org={org}
          of={of}
          over={fails(t('people.not_revoked', { email: of.email }))}
          onClose={() => setSure(false)}
        />
      ) : null}
    </>
  )
}

export function InvitationList({
  org,
  state,
  show,
  invite,
}: {
  org: string
  state: State
  show: (state: State) => void
  invite: (() => void) | null
}) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(invitations(org, state))
  const [over, setOver] = useState<Over | null>(null)
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="flex flex-col gap-3">
      <label className="flex items-center gap-2">
        <span className="text-soft">{t('people.state')}</span>
        <select
          value={state}
          onChange={(event) => show(event.target.value as State)}
          className="min-h-9 rounded-md border border-line-strong bg-panel px-2 py-1.5"
        >
          {states.map((one) => (
            <option key={one} value={one}>
              {t(`invited.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {over ? <ProblemNotice {...over} /> : null}
      {list.error && !list.data ? (
        <ProblemNotice problem={asProblem(list.error)} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <ListSkeleton />
      ) : rows.length === 0 ? (
        <Empty
          title={t('people.no_invitation')}
          text={t('people.no_invitation_text')}
          action={invite ? <Button onClick={invite}>{t('people.invite')}</Button> : null}
        />
      ) : (
        <Table
          label={t('people.invitations')}
          head={[
            t('field.email'),
            t('people.as'),
            t('people.state'),
            t('people.expires'),
            <span key="actions" className="sr-only">
              {t('table.actions')}
            </span>,
          ]}
        >
          {rows.map((one) => (
            <Row key={one.id}>
              <Head>
                <span className="font-medium wrap-anywhere"><Breakable text={one.email} /></span>
                <span className="block text-xs break-words text-soft">
                  {t('people.invited_by', { name: one.invited_by.name ?? t('people.former') })}
                </span>
              </Head>
              <Cell label={t('people.as')}>
                {one.org_role ? t(`role.${one.org_role}`) : null}
                {one.teams.map((team) => (
                  <span key={team.team_id} className="block break-words">
                    {team.team_name} <span className="text-soft">{t(`role.${team.role}`)}</span>
                  </span>
                ))}
              </Cell>
              <Cell label={t('people.state')}>
                <Pill tone={tones[one.state]}>{t(`invited.${one.state}`)}</Pill>
                <Delivery of={one} />
              </Cell>
              <Cell label={t('people.expires')}>
                {one.state === 'pending' ? <Time at={one.expires_at} /> : null}
                {one.settled_at ? <Time at={one.settled_at} /> : null}
              </Cell>
              <Cell end>
                <Actions org={org} of={one} over={setOver} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {list.hasNextPage ? (
        <More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
      ) : null}
    </div>
  )
}
