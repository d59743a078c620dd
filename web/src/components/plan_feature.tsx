import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { usage } from '@/api/queries'

import { LargerPlan, type Contacts } from './larger_plan'
import { usePlanName } from './plan_name'

export interface Lacking {
  feature: string
  plan: string
  upgrade: string | null
  contacts: Contacts
}

// What the organization's plan lacks of a feature that a plan has or has not; null where it has it, and
// where that could not be asked: the server judges. Undefined until it is known.
export function useLacking(org: string, feature: string): Lacking | null | undefined {
  const { data, isPending } = useQuery(usage(org))
  if (isPending) return undefined
  const one = data?.features.find((known) => known.feature === feature)
  if (!data || !one || one.included) return null
  return { feature, plan: data.plan, upgrade: one.upgrade, contacts: data.contacts }
}

// Why what needs the feature is disabled. `what`: what of it is needed, where a plan has more or less of it.
export function FeatureLacking({ of, id, what }: { of: Lacking; id: string; what?: string }) {
  const { t, find } = useTranslation()
  const plan = usePlanName()
  return (
    <div id={id} className="max-w-sm text-xs text-soft">
      <p>
        {t('limit.lacks', {
          plan: plan(of.plan),
          feature: what ?? find(`feature.${of.feature}`) ?? of.feature,
        })}
      </p>
      <LargerPlan plan={of.upgrade} contacts={of.contacts} />
    </div>
  )
}
