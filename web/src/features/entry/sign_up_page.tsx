import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { config } from '@/api/queries'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { product } from '@/preferences'

import { EntryPage } from './frame'
import { SignUpForm } from './sign_up_form'

export function MailedPage({ email }: { email: string }) {
  const { t } = useTranslation()
  return (
    <EntryPage
      title={t('sign_up.mailed')}
      lead={
        <>
          <p>{t('sign_up.mailed_to', { email })}</p>
          <p>{t('sign_up.mailed_late')}</p>
        </>
      }
    >
      <p>
        <Link to="/login" className="link">
          {t('action.to_sign_in')}
        </Link>
      </p>
    </EntryPage>
  )
}

export function SignUpPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(config)
  const [mailed, setMailed] = useState<string | null>(null)
  if (error) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data) return <PageSkeleton />
  if (mailed !== null) return <MailedPage email={mailed} />
  const toSignIn = (
    <p className="border-t border-line pt-4 text-soft">
      {t('sign_up.has_account')}{' '}
      <Link to="/login" className="link">
        {t('action.sign_in')}
      </Link>
    </p>
  )
  if (data.sign_up === 'closed')
    return (
      <EntryPage title={t('sign_up.closed')} lead={<p>{t('sign_up.closed_text')}</p>}>
        {toSignIn}
      </EntryPage>
    )
  return (
    <EntryPage
      title={t('sign_up.title', { product: product() })}
      lead={<p>{t(data.sign_up === 'verified' ? 'sign_up.lead_verified' : 'sign_up.lead')}</p>}
    >
      <SignUpForm
        action={t('action.sign_up')}
        done={() => navigate({ to: '/', replace: true })}
        mailed={setMailed}
      />
      {toSignIn}
    </EntryPage>
  )
}
