import { useTranslation } from '@/i18n'

import { amount } from '@/amount'
import type { Schemas } from '@/api/client'
import { usePromise } from '@/features/isolation/promise'

type Entitlement = Schemas['Plan']['entitlements'][number]

// What a plan allows of one feature, in words.
export function useEntitlement(): (of: Entitlement) => string {
  const { t, find, language } = useTranslation()
  const promise = usePromise()
  return ({ feature, value, unit }) => {
    if (value === null) return t('platform.unlimited')
    if (typeof value === 'boolean') return t(value ? 'platform.yes' : 'platform.no')
    if (typeof value === 'number') return amount(value, unit ?? 'count', language)
    if (feature === 'network.isolation') return promise(value)
    return find(`choice.${value}`) ?? value
  }
}
