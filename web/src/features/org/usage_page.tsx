import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { organization, usage } from '@/api/queries'
import { Notice } from '@/components/notice'
import { Page } from '@/components/page'

import { Meters } from './meters'

export function UsagePage({ org }: { org: string }) {
  const { t } = useTranslation()
  const { data: found } = useQuery(organization(org))
  const { data } = useQuery(usage(org))
  return (
    <Page
      title={t('nav.usage')}
      {...(found ? { of: found.body.name } : {})}
      lead={data ? t('org.plan', { plan: data.plan }) : t('state.loading')}
    >
      <Meters org={org} />
      <Notice tone="info" title={t('usage.more')}>
        <p>{t('usage.more_text')}</p>
      </Notice>
    </Page>
  )
}
