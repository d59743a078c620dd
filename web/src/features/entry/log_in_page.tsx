import { useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Problem } from '@/api/client'
import { config, signedInAs } from '@/api/queries'
import { Button } from '@/components/button'
import { Notice } from '@/components/notice'
import { ProblemNotice } from '@/components/problem'
import { product } from '@/preferences'
import { wasSignedIn } from '@/signed_in'

import { EntryPage } from './frame'
import { LogInForm } from './log_in_form'

// The account of development mode, which has no password.
function DevelopmentEntry({ done }: { done: () => Promise<void> }) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const enter = async () => {
    setBusy(true)
    try {
      await ask('post', '/api/v1/auth/login', { body: {} })
      await signedInAs()
      await done()
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex flex-col gap-3">
      {problem ? <ProblemNotice problem={problem} /> : null}
      <Button wide busy={busy} onClick={() => void enter()}>
        {t('sign_in.development')}
      </Button>
    </div>
  )
}

export function LogInPage({ to }: { to: string }) {
  const { t } = useTranslation()
  const router = useRouter()
  const { data } = useQuery(config)
  const [ended] = useState(wasSignedIn)
  const done = async () => {
    await router.navigate({ href: to, replace: true })
  }
  return (
    <EntryPage title={t('sign_in.title', { product: product() })}>
      {ended ? (
        <Notice tone="info" role="status" title={t('sign_in.ended')}>
          <p>{t('sign_in.ended_text')}</p>
        </Notice>
      ) : null}
      <LogInForm action={t('action.sign_in')} done={done} />
      {data?.dev_mode ? <DevelopmentEntry done={done} /> : null}
      <div className="flex flex-col gap-2 border-t border-line pt-4">
        <p>
          <Link to="/forgot" className="link">
            {t('sign_in.forgot')}
          </Link>
        </p>
        {data && data.sign_up !== 'closed' ? (
          <p className="text-soft">
            {t('sign_in.no_account')}{' '}
            <Link to="/signup" className="link">
              {t('action.sign_up')}
            </Link>
          </p>
        ) : null}
      </div>
    </EntryPage>
  )
}
