import { useTranslation } from '@/i18n'

import { me, queries } from '@/api/queries'

import { usePlanName } from './plan_name'
import { Support } from './support'

export type Contacts = readonly { name: string; role: string }[]

// The plan that would allow what this one does not, and whom to ask for it.
export function LargerPlan({
  plan,
  contacts,
  canUpgrade = false,
}: {
  plan: string | null
  contacts: Contacts
  canUpgrade?: boolean
}) {
  const { t, find, language } = useTranslation()
  const name = usePlanName()
  // Nobody is told to ask themselves.
  const own = queries.getQueryData(me.queryKey)?.user.name
  const ask = contacts
    .filter((one) => one.name !== own)
    .map((one) => t('limit.who', { name: one.name, role: find(`role.${one.role}`) ?? one.role }))
  return (
    <>
      {plan === null ? null : <p>{t('limit.plan', { plan: name(plan) })}</p>}
      {!canUpgrade && ask.length > 0 ? (
        <p>{t('limit.ask', { names: new Intl.ListFormat(language, { type: 'disjunction' }).format(ask) })}</p>
      ) : null}
      {canUpgrade ? null : <p>{t('limit.operator')}</p>}
      {canUpgrade ? null : <Support />}
    </>
  )
}
