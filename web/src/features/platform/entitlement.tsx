import { useTranslation } from '@/i18n'

import { amount } from '@/amount'
import type { Schemas } from '@/api/client'
import { usePromise } from '@/features/isolation/promise'

type Entitlement = Schemas['Plan']['entitlements'][number]

// What a plan allows of one feature, in words; `beside`: what others allow of it, to say all of them in one unit.
export function useEntitlement(): (of: Entitlement, beside?: readonly Entitlement[]) => string {
  const { t, find, language } = useTranslation()
  const promise = usePromise()
  return ({ feature, value, unit }, beside = []) => {
    if (value === null) return t('platform.unlimited')
    if (typeof value === 'boolean') return t(value ? 'platform.yes' : 'platform.no')
    if (typeof value === 'number') {
      const most = Math.max(value, ...beside.map((one) => (typeof one.value === 'number' ? one.value : 0)))
      return amount(value, unit ?? 'count', language, most)
    }
    if (feature === 'network.isolation') return promise(value)
    return find(`choice.${value}`) ?? value
  }
}
