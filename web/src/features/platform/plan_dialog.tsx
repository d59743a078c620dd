import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { SelectField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { usePlanName } from '@/components/plan_name'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { toast } from '@/components/toasts'

import { useEntitlement } from './entitlement'
import { PlanConflicts } from './plan_conflicts'
import { planPreview, plans } from './queries'

// All of its limits, and the isolation, which people ask for a larger plan for.
const isShown = (feature: string) => feature.endsWith('.max') || feature === 'network.isolation'

export function PlanDialog({ of, onClose }: { of: Schemas['Organization']; onClose: () => void }) {
  const { t, find } = useTranslation()
  const client = useQueryClient()
  const said = useEntitlement()
  const name = usePlanName()
  const [plan, setPlan] = useState(of.plan)
  const { data, error, refetch } = useQuery(plans)
  const preview = useQuery({ ...planPreview(of.id, plan), enabled: plan !== of.plan })
  const set = useMutation({
    mutationFn: () =>
      ask('put', '/api/v1/platform/orgs/{org}/subscription', {
        params: { org: of.id },
        body: { plan },
      }),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['platform', 'orgs'] }),
        client.invalidateQueries({ queryKey: ['org', of.slug] }),
      ])
      toast(t('platform.plan_done', { organization: of.name, plan: name(plan) }))
      onClose()
    },
  })
  const chosen = data?.items.find((one) => one.key === plan)
  return (
    <FormDialog
      title={`${t('platform.set_plan')}: ${of.name}`}
      lead={t('platform.plan_lead')}
      action={t('platform.set_plan')}
      busy={set.isPending}
      ready={chosen !== undefined && preview.data?.plan === plan}
      problems={[set.error, preview.error]}
      send={() => set.mutateAsync()}
      onClose={onClose}
    >
      {error && !data ? (
        <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
      ) : !data ? (
        <Loading>
          <Bar className="h-9 w-full" />
        </Loading>
      ) : (
        <>
          <SelectField
            label={t('platform.plan')}
            value={plan}
            onChange={(event) => setPlan(event.target.value)}
          >
            {chosen ? null : <option value={plan}>{name(plan)}</option>}
            {data.items.map((one) => (
              <option key={one.key} value={one.key}>
                {one.name}
              </option>
            ))}
          </SelectField>
          {chosen ? (
            <dl className="divide-y divide-line rounded-md border border-line">
              {chosen.entitlements
                .filter((one) => isShown(one.feature))
                .map((one) => (
                  <div key={one.feature} className="flex justify-between gap-4 px-3 py-1.5">
                    <dt className="text-soft">{find(`feature.${one.feature}`) ?? one.feature}</dt>
                    <dd>{said(one)}</dd>
                  </div>
                ))}
            </dl>
          ) : null}
          {preview.data?.plan === plan ? <PlanConflicts of={preview.data} /> : null}
        </>
      )}
    </FormDialog>
  )
}
