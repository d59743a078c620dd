import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { SelectField } from '@/components/field'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { toast } from '@/components/toasts'

import { useEntitlement } from './entitlement'
import { plans } from './queries'

// Of those that people ask for a larger plan for.
const shown = ['deployments.max', 'members.max', 'teams.max', 'cpu.max', 'memory.max', 'network.isolation']

export function PlanDialog({ of, onClose }: { of: Schemas['Organization']; onClose: () => void }) {
  const { t, find } = useTranslation()
  const client = useQueryClient()
  const said = useEntitlement()
  const [plan, setPlan] = useState(of.plan)
  const { data, error, refetch } = useQuery(plans)
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
      toast(t('platform.plan_done', { organization: of.name, plan }))
      onClose()
    },
  })
  const chosen = data?.items.find((one) => one.key === plan)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${t('platform.set_plan')}: ${of.name}`}
      lead={<p>{t('platform.plan_lead')}</p>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen && plan !== of.plan && !set.isPending) set.mutate()
        }}
      >
        {set.error ? <ProblemNotice problem={asProblem(set.error)} /> : null}
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
              {chosen ? null : <option value={plan}>{plan}</option>}
              {data.items.map((one) => (
                <option key={one.key} value={one.key}>
                  {one.name}
                </option>
              ))}
            </SelectField>
            {chosen ? (
              <dl className="divide-y divide-line rounded-md border border-line">
                {chosen.entitlements
                  .filter((one) => shown.includes(one.feature))
                  .map((one) => (
                    <div key={one.feature} className="flex justify-between gap-4 px-3 py-1.5">
                      <dt className="text-soft">{find(`feature.${one.feature}`) ?? one.feature}</dt>
                      <dd>{said(one)}</dd>
                    </div>
                  ))}
              </dl>
            ) : null}
          </>
        )}
        <div className="flex gap-2">
          <Button
            type="submit"
            look="primary"
            busy={set.isPending}
            disabled={!chosen || plan === of.plan}
          >
            {t('platform.set_plan')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
