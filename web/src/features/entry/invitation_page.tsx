import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Problem, type Schemas } from '@/api/client'
import { invitation, signedInAs } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { Button, buttonClass } from '@/components/button'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Time } from '@/components/time'
import { toast } from '@/components/toasts'

import { EntryPage } from './frame'
import { LogInForm } from './log_in_form'
import { isSeatless, NoSeat } from './no_seat'
import { MailedPage } from './sign_up_page'
import { SignUpForm } from './sign_up_form'
import { LinkUnusable, useToken } from './token'

type Lookup = Schemas['InvitationLookup']

function Summary({ of }: { of: Lookup }) {
  const { t } = useTranslation()
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 border-y border-line py-3">
      <dt className="text-soft">{t('invitation.from')}</dt>
      <dd className="break-words">{of.invited_by.name}</dd>
      <dt className="text-soft">{t('invitation.for')}</dt>
      <dd className="wrap-anywhere"><Breakable text={of.email} /></dd>
      {of.org_role ? (
        <>
          <dt className="text-soft">{t('invitation.role')}</dt>
          <dd>{t(`role.${of.org_role}`)}</dd>
        </>
      ) : null}
      {of.teams.length > 0 ? (
        <>
          <dt className="text-soft">{t('invitation.teams')}</dt>
          <dd>
            <ul className="flex flex-col gap-1.5">
              {of.teams.map((team) => (
                <li key={team.name}>
                  <span className="break-words">{team.name}</span>
                  <span className="text-soft"> · {t(`role.${team.role}`)}</span>
                  {team.description ? (
                    <span className="block break-words text-soft">{team.description}</span>
                  ) : null}
                </li>
              ))}
            </ul>
          </dd>
        </>
      ) : null}
      {of.state === 'pending' ? (
        <>
          <dt className="text-soft">{t('invitation.expires')}</dt>
          <dd>
            <Time at={of.expires_at} />
          </dd>
        </>
      ) : null}
    </dl>
  )
}

// Joined, or told why not.
function useJoined() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return async (joined: Schemas['Joined'] | undefined) => {
    if (!joined) return navigate({ to: '/', replace: true })
    for (const team of joined.left_out)
      toast(t('invitation.team_gone', { team: team.team_name }))
    toast(t('invitation.joined', { organization: joined.organization.name }))
    return navigate({ to: '/o/$org', params: { org: joined.organization.slug }, replace: true })
  }
}

// For who has no account too: the link is enough.
function Decline({ token, declined }: { token: string; declined: () => void }) {
  const { t } = useTranslation()
  const [sure, setSure] = useState(false)
  const decline = useMutation({
    mutationFn: () => ask('post', '/api/v1/invitations/decline', { body: { token } }),
    onSuccess: declined,
  })
  if (!sure)
    return (
      <Button look="quiet" wide onClick={() => setSure(true)}>
        {t('invitation.decline')}
      </Button>
    )
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line p-3">
      {decline.error ? <ProblemNotice problem={asProblem(decline.error)} /> : null}
      <p>{t('invitation.decline_sure')}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="danger" busy={decline.isPending} onClick={() => decline.mutateAsync()}>
          {t('invitation.decline')}
        </Button>
        <Button onClick={() => setSure(false)}>{t('action.cancel')}</Button>
      </div>
    </div>
  )
}

function Answer({ token, of, declined }: { token: string; of: Lookup; declined: () => void }) {
  const { t } = useTranslation()
  const joined = useJoined()
  const accept = useMutation({
    mutationFn: () => ask('post', '/api/v1/invitations/accept', { body: { token } }),
    onSuccess: async ({ body }) => {
      await signedInAs()
      await joined(body)
    },
  })
  const refused = accept.error ? asProblem(accept.error) : null
  const full = refused !== null && isSeatless(refused)
  return (
    <div className="flex flex-col gap-3">
      {full ? (
        <NoSeat of={of} />
      ) : refused ? (
        <ProblemNotice problem={refused} />
      ) : null}
      {of.signed_in ? (
        <p className="text-soft">{t('invitation.signed_in', { email: of.signed_in.email })}</p>
      ) : null}
      <Button look="primary" wide busy={accept.isPending} onClick={() => accept.mutateAsync()}>
        {full
          ? t('action.retry')
          : t('invitation.accept', { organization: of.organization.name })}
      </Button>
      <Decline token={token} declined={declined} />
    </div>
  )
}

function AskAgain({ token, look }: { token: string; look: 'primary' | 'quiet' }) {
  const { t } = useTranslation()
  const wanted = useMutation({
    mutationFn: () => ask('post', '/api/v1/invitations/ask', { body: { token } }),
  })
  if (wanted.isSuccess) return <p role="status">{t('invitation.asked')}</p>
  return (
    <div className="flex flex-col gap-3">
      {wanted.error ? <ProblemNotice problem={asProblem(wanted.error)} /> : null}
      <Button look={look} wide busy={wanted.isPending} onClick={() => wanted.mutateAsync()}>
        {t('invitation.ask')}
      </Button>
    </div>
  )
}

function SwitchAccount({ of, switched }: { of: Lookup; switched: () => Promise<unknown> }) {
  const { t } = useTranslation()
  const leave = useMutation({
    mutationFn: () => ask('post', '/api/v1/auth/logout'),
    onSuccess: async () => {
      await signedInAs()
      await switched()
    },
  })
  return (
    <div className="flex flex-col gap-3">
      <p>{t('invitation.wrong_account', { email: of.signed_in?.email ?? '', whom: of.email })}</p>
      {leave.error ? <ProblemNotice problem={asProblem(leave.error)} /> : null}
      <Button look="primary" wide busy={leave.isPending} onClick={() => leave.mutateAsync()}>
        {t('invitation.switch')}
      </Button>
    </div>
  )
}

export function InvitationPage() {
  const { t } = useTranslation()
  const token = useToken()
  const joined = useJoined()
  const [mailed, setMailed] = useState<string | null>(null)
  const [declined, setDeclined] = useState(false)
  const [full, setFull] = useState(false)
  const refused = (problem: Problem) => {
    setFull(isSeatless(problem))
    return isSeatless(problem)
  }
  const { data, error, refetch } = useQuery({ ...invitation(token), enabled: token !== '' })
  if (token === '') return <LinkUnusable />
  if (mailed !== null) return <MailedPage email={mailed} />
  if (declined)
    return <EntryPage title={t('invitation.declined')} lead={<p>{t('invitation.declined_text')}</p>} />
  if (error) {
    const problem = asProblem(error)
    // One page for a token that never was one and for an invitation that was revoked.
    if (problem.status === 404 || problem.status === 422) return <LinkUnusable />
    return <ProblemNotice problem={problem} retry={() => void refetch()} />
  }
  if (!data) return <PageSkeleton />
  const organization = data.organization.name
  const title = t('invitation.title', { organization })
  switch (data.next) {
    case 'sign_up':
      return (
        <EntryPage title={title} lead={<p>{t('invitation.sign_up_lead', { organization })}</p>}>
          <Summary of={data} />
          {full ? <NoSeat of={data} /> : null}
          <SignUpForm
            email={data.email}
            fixed
            invitation={token}
            action={full ? t('action.retry') : t('invitation.sign_up', { organization })}
            refused={refused}
            done={async (signedIn) => {
              await joined(signedIn.joined)
            }}
            mailed={setMailed}
          />
          <Decline token={token} declined={() => setDeclined(true)} />
        </EntryPage>
      )
    case 'log_in':
      return (
        <EntryPage title={title} lead={<p>{t('invitation.sign_in_lead', { organization })}</p>}>
          <Summary of={data} />
          {full ? <NoSeat of={data} /> : null}
          <LogInForm
            email={data.email}
            fixed
            invitation={token}
            action={full ? t('action.retry') : t('invitation.sign_in', { organization })}
            refused={refused}
            done={async (signedIn) => {
              await joined(signedIn.joined)
            }}
          />
          <p>
            <Link to="/forgot" className="link">
              {t('sign_in.forgot')}
            </Link>
          </p>
          <Decline token={token} declined={() => setDeclined(true)} />
        </EntryPage>
      )
    case 'accept':
      return (
        <EntryPage title={title} lead={<p>{t('invitation.accept_lead')}</p>}>
          <Summary of={data} />
          <Answer token={token} of={data} declined={() => setDeclined(true)} />
        </EntryPage>
      )
    case 'switch_account':
      return (
        <EntryPage title={title}>
          <Summary of={data} />
          <SwitchAccount of={data} switched={refetch} />
          <AskAgain token={token} look="quiet" />
        </EntryPage>
      )
    case 'ask':
      return (
        <EntryPage
          title={t('invitation.expired')}
          lead={
            <p>
              {t('invitation.expired_text', { organization, inviter: data.invited_by.name ?? t('people.former') })}
            </p>
          }
        >
          <AskAgain token={token} look="primary" />
        </EntryPage>
      )
    case 'open':
      return (
        <EntryPage title={t('invitation.member', { organization })}>
          <p>
            <Link to="/" className={buttonClass('primary', true)}>
              {t('action.go_on')}
            </Link>
          </p>
        </EntryPage>
      )
  }
}
