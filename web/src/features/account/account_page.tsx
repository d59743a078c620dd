import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { me } from '@/api/queries'
import { Page, Section } from '@/components/page'
import { Pill } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Frame } from '@/features/frame/frame'

import { ChangeAddress } from './change_address'
import { ChangePassword } from './change_password'
import { Profile } from './profile'
import { Sessions } from './sessions'

export function AccountPage() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(me)
  return (
    <Frame org={null} name={t('nav.no_organization')}>
      {error && !data ? (
        <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
      ) : !data ? (
        <PageSkeleton />
      ) : (
        <Page title={t('nav.account')}>
          <Section title={t('account.profile')}>
            <Profile of={data.user} />
          </Section>
          <Section title={t('account.address')} lead={t('account.address_lead')}>
            <p className="flex flex-wrap items-center gap-2 wrap-anywhere">
              {data.user.email}
              <Pill tone={data.user.email_verified ? 'good' : 'warn'}>
                {t(data.user.email_verified ? 'account.verified' : 'account.unverified')}
              </Pill>
            </p>
            <ChangeAddress verified={data.user.email_verified} email={data.user.email} />
          </Section>
          <Section title={t('account.password')} lead={t('account.password_lead')}>
            <ChangePassword />
          </Section>
          <Section title={t('sessions.title')} lead={t('sessions.lead')}>
            <Sessions />
          </Section>
        </Page>
      )}
    </Frame>
  )
}
