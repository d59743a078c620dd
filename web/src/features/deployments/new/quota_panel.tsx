import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { amount } from '@/amount'
import { asProblem } from '@/api/client'
import { usage } from '@/api/queries'
import { usePlanName } from '@/components/plan_name'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { UseBar } from '@/components/use_bar'

import { afterwards, doesNotFit, type Line, type Takes } from './quota'

function Feature({ of }: { of: Line }) {
  const { t, find, language } = useTranslation()
  const most = Math.max(of.limit ?? 0, of.used, of.takes)
  const said = (value: number) => amount(value, of.unit, language, most)
  const name = find(`feature.${of.feature}`) ?? of.feature
  const short = doesNotFit(of)
  return (
    <li className="flex flex-col gap-1.5 border-t border-line py-2.5 first:border-t-0">
      <span className="flex items-baseline justify-between gap-3">
        <span>{name}</span>
        <span className="text-soft">{t('deploy.takes', { amount: said(of.takes) })}</span>
      </span>
      {of.limit === null ? (
        <span className="text-xs text-soft">{t('usage.unlimited')}</span>
      ) : (
        <>
          <UseBar
            label={name}
            used={of.used}
            more={of.takes}
            limit={of.limit}
            text={{ used: said(of.used), limit: said(of.limit) }}
          />
          <span className={`text-xs ${short ? 'text-danger' : 'text-soft'}`}>
            {short
              ? t('deploy.short', { free: said(Math.max(0, of.limit - of.used)), limit: said(of.limit) })
              : t('deploy.left', { left: said(Math.max(0, of.left ?? 0)), limit: said(of.limit) })}
          </span>
        </>
      )}
    </li>
  )
}

// What a deployment takes of the organization's plan, and what there will be left.
export function QuotaPanel({ org, takes }: { org: string; takes: Takes }) {
  const { t } = useTranslation()
  const plan = usePlanName()
  const { data, error, refetch } = useQuery(usage(org))
  return (
    <aside aria-labelledby="quota" className="rounded-md border border-line bg-panel px-4 py-3">
      <h2 id="quota" className="text-sm">
        {t('deploy.quota')}
      </h2>
      <p className="text-soft">{data ? t('org.plan', { plan: plan(data.plan) }) : <Bar className="my-0.5 w-24" />}</p>
      {data ? (
        <ul className="mt-1 flex flex-col">
          {afterwards(data.items, takes).map((line) => (
            <Feature key={line.feature} of={line} />
          ))}
        </ul>
      ) : error ? (
        <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
      ) : (
        <Loading>
          <Bar className="mt-3 h-[16.5rem] w-full" />
        </Loading>
      )}
    </aside>
  )
}
