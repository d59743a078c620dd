import { useTranslation } from '@/i18n'

import { amounts } from '@/amount'
import type { Schemas } from '@/api/client'
import { Notice } from '@/components/notice'

// What an organization has more of than a plan allows, and what becomes of it.
export function PlanConflicts({ of }: { of: Schemas['PlanPreview'] }) {
  const { t, find, language } = useTranslation()
  const { conflicts, deployments_over: over, egress_ranges: ranges } = of
  const grown = over === 0 ? null : <p>{t('platform.plan_replicas', { count: over })}</p>
  const kept = ranges === null ? null : <p>{t('platform.plan_egress', { count: ranges })}</p>
  if (conflicts.length === 0)
    return grown || kept ? (
      <Notice tone="warn" role="status" title={t(grown ? 'platform.plan_over' : 'platform.plan_lacks')}>
        {grown}
        {kept}
      </Notice>
    ) : null
  return (
    <Notice tone="warn" role="status" title={t('platform.plan_over')}>
      <ul className="list-disc pl-4">
        {conflicts.map(({ feature, unit, used, limit }) => (
          <li key={feature}>
            {t('limit.used', {
              feature: find(`feature.${feature}`) ?? feature,
              ...amounts(used, limit, unit, language),
            })}
          </li>
        ))}
      </ul>
      <p>{t('platform.plan_over_text')}</p>
      {grown}
      {kept}
    </Notice>
  )
}
