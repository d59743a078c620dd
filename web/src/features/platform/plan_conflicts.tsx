import { useTranslation } from '@/i18n'

import { amounts } from '@/amount'
import type { Schemas } from '@/api/client'
import { Notice } from '@/components/notice'

// What an organization has more of than a plan allows, and what becomes of it.
export function PlanConflicts({ of }: { of: Schemas['PlanPreview']['conflicts'] }) {
  const { t, find, language } = useTranslation()
  if (of.length === 0) return null
  return (
    <Notice tone="warn" role="status" title={t('platform.plan_over')}>
      <ul className="list-disc pl-4">
        {of.map(({ feature, unit, used, limit }) => (
          <li key={feature}>
            {t('limit.used', {
              feature: find(`feature.${feature}`) ?? feature,
              ...amounts(used, limit, unit, language),
            })}
          </li>
        ))}
      </ul>
      <p>{t('platform.plan_over_text')}</p>
    </Notice>
  )
}
