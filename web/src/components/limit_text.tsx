import { useTranslation } from '@/i18n'

import { amounts, unitOf } from '@/amount'

import { LargerPlan, type Contacts } from './larger_plan'
import { UseBar } from './use_bar'

export interface Limit {
  feature: string
  used: number
  requested: number
  limit: number | null
  per: 'organization' | 'service'
  upgrade?: { plan: string }
  can_upgrade: boolean
  contacts: Contacts
}

// Which limit it was, the plan that would lift it, and whom to ask for that.
export function LimitText({ of }: { of: Limit }) {
  const { t, find, language } = useTranslation()
  const feature = find(`feature.${of.feature}`) ?? of.feature
  const alone = of.per === 'service'
  const text =
    of.limit === null ? null : amounts(alone ? of.requested : of.used, of.limit, unitOf(of.feature), language)
  return (
    <>
      {of.limit === null || text === null ? null : alone ? (
        <p>{t('limit.each', { feature, requested: text.used, limit: text.limit })}</p>
      ) : (
        <>
          <p>{t('limit.used', { feature, ...text })}</p>
          <div className="max-w-xs py-1">
            <UseBar
              label={feature}
              used={of.used}
              limit={of.limit}
              text={text}
            />
          </div>
        </>
      )}
      <LargerPlan plan={of.upgrade?.plan ?? null} contacts={of.contacts} canUpgrade={of.can_upgrade} />
    </>
  )
}
