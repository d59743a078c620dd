import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { me, signedInAs } from '@/api/queries'
import { Button, buttonClass } from '@/components/button'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'

import { EntryPage } from './frame'
import { LogInForm } from './log_in_form'
import { LinkUnusable, useToken } from './token'

export function AddressPage() {
  const { t } = useTranslation()
  const token = useToken()
  const who = useQuery(me)
  const confirm = useMutation({
    // Gives the address of before: a link may confirm the one that the account has.
    mutationFn: async (before: string) => {
      await ask('post', '/api/v1/auth/address', { body: { token } })
      return before
    },
    onSuccess: signedInAs,
  })
  const problem = confirm.error ? asProblem(confirm.error) : null
  if (token === '') return <LinkUnusable />
  if (who.error) return <ProblemNotice problem={asProblem(who.error)} retry={() => void who.refetch()} />
  if (who.data === undefined) return <PageSkeleton />
  if (confirm.isSuccess)
    return (
      <EntryPage
        title={t('address.done')}
        lead={
          <p>
            {t(confirm.data === who.data?.user.email ? 'address.done_same' : 'address.done_text', {
              email: who.data?.user.email ?? '',
            })}
          </p>
        }
      >
        <p>
          <Link to="/" className={buttonClass('primary')}>
            {t('action.go_on')}
          </Link>
        </p>
      </EntryPage>
    )
  if (!who.data)
    return (
      <EntryPage title={t('address.title')} lead={<p>{t('address.sign_in_first')}</p>}>
        <LogInForm action={t('action.sign_in')} done={() => undefined} />
      </EntryPage>
    )
  return (
    <EntryPage
      title={t('address.title')}
      lead={<p>{t('address.lead', { email: who.data.user.email })}</p>}
    >
      {problem?.code === 'link_invalid' ? (
        <p role="alert">{t('address.not_here')}</p>
      ) : problem ? (
        <ProblemNotice problem={problem} />
      ) : null}
      <Button look="primary" wide busy={confirm.isPending} onClick={() => confirm.mutateAsync(who.data?.user.email ?? '')}>
        {t('address.action')}
      </Button>
    </EntryPage>
  )
}
