import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { organization } from '@/api/queries'
import { Page } from '@/components/page'
import { useWhyNot } from '@/features/frame/why_not'

import { Access } from './access'
import { StartReview } from './start_review'

export function AccessPage({
  org,
  inactive,
  filter,
}: {
  org: string
  inactive: boolean
  filter: (inactive: boolean) => void
}) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const { data } = useQuery(organization(org))
  const may = data?.body.allowed_actions.includes('members:manage') ?? false
  return (
    <Page
      title={t('nav.access')}
      {...(data ? { of: data.body.name } : {})}
      lead={t('access.lead')}
      action={<StartReview org={org} team={null} why={data && !may ? whyNot('access.start_not') : null} may={may} />}
    >
      <Access org={org} team={null} inactive={inactive} filter={filter} />
    </Page>
  )
}
