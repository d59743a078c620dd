import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { organization, usage } from '@/api/queries'
import { Notice } from '@/components/notice'
import { Page } from '@/components/page'
import { usePlanName } from '@/components/plan_name'
import { Bar } from '@/components/skeleton'
import { Support } from '@/components/support'

import { Meters } from './meters'

export function UsagePage({ org }: { org: string }) {
  const { t } = useTranslation()
  const plan = usePlanName()
  const { data: found } = useQuery(organization(org))
  const { data, error } = useQuery(usage(org))
  return (
    <Page
      title={t('nav.usage')}
      {...(found ? { of: found.body.name } : {})}
      lead={
        data ? t('org.plan', { plan: plan(data.plan) }) : error ? null : <Bar className="my-0.5 w-28" />
      }
    >
      <Meters org={org} each />
      <Notice tone="info" title={t('usage.more')}>
        <p>{t('usage.more_text')}</p>
        <Support otherwise={t('usage.contact')} />
      </Notice>
    </Page>
  )
}
