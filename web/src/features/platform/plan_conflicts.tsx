import { useTranslation } from '@/i18n'

import { amounts } from '@/amount'
import type { Schemas } from '@/api/client'
import { Notice } from '@/components/notice'

// What an organization has more of than a plan allows, and what becomes of it.
export function PlanConflicts({ of: { conflicts, egress_ranges: ranges } }: { of: Schemas['PlanPreview'] }) {
  const { t, find, language } = useTranslation()
  const kept = ranges === null ? null : <p>{t('platform.plan_egress', { count: ranges })}</p>
  if (conflicts.length === 0)
    return kept ? (
      <Notice tone="warn" role="status" title={t('platform.plan_lacks')}>
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
      {kept}
    </Notice>
  )
}
