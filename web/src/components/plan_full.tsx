import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation, type Name } from '@/i18n'

import { amounts } from '@/amount'
import { usage } from '@/api/queries'

import { Notice } from './notice'
import { usePlanName } from './plan_name'
import { Support } from './support'
import { UseBar } from './use_bar'

const titles = {
  'deployments.max': 'deployments.full',
  'members.max': 'people.full',
  'teams.max': 'team.full',
} as const satisfies Record<string, Name>

// Says before anything is sent that the plan has no room for it, and what one can do. A warning only:
// what counts is known to the server, which judges.
export function PlanFull({
  org,
  feature,
  wants = 1,
}: {
  org: string
  feature: keyof typeof titles
  wants?: number
}) {
  const { t, language } = useTranslation()
  const plan = usePlanName()
  const { data } = useQuery(usage(org))
  const item = data?.items.find((one) => one.feature === feature)
  if (!data || !item || item.limit === null || item.used + wants <= item.limit) return null
  const said = amounts(item.used, item.limit, item.unit, language)
  return (
    <Notice tone="warn" title={t(titles[feature])}>
      <p>
        {t('limit.used', { feature: t(`feature.${feature}`), ...said })} {t('org.plan', { plan: plan(data.plan) })}
      </p>
      <div className="max-w-xs py-1">
        <UseBar label={t(`feature.${feature}`)} used={item.used} limit={item.limit} text={said} />
      </div>
      <p>{t(feature === 'members.max' ? 'people.full_text' : 'usage.more_text')}</p>
      <Support />
      <p>
        <Link to="/o/$org/usage" params={{ org }} className="link">
          {t('nav.usage')}
        </Link>
      </p>
    </Notice>
  )
}
