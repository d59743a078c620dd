import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { usage } from '@/api/queries'
import { amount } from '@/amount'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'

type Item = Schemas['Usage']['items'][number]

const frame = 'grid gap-px overflow-hidden rounded-md border border-line bg-line grid-cols-2 lg:grid-cols-3'
const cell = 'flex min-h-24 flex-col justify-between gap-3 bg-panel px-4 py-3'

function Meter({ of }: { of: Item }) {
  const { t, find, language } = useTranslation()
  const name = find(`feature.${of.feature}`) ?? of.feature
  const used = amount(of.used, of.unit, language)
  const limit = of.limit === null ? null : amount(of.limit, of.unit, language)
  const share = of.limit ? Math.min(of.used / of.limit, 1) : of.limit === 0 ? 1 : 0
  const full = of.limit !== null && of.used >= of.limit
  return (
    <li className={cell}>
      <div className="flex flex-col gap-0.5">
        <span className="text-soft">{name}</span>
        <span>
          <span className="text-base font-semibold">{used}</span>{' '}
          <span className="text-soft">
            {limit === null ? t('usage.unlimited') : t('usage.of', { limit })}
          </span>
        </span>
      </div>
      {limit === null ? null : (
        <div
          role="meter"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={of.limit ?? 0}
          aria-valuenow={Math.min(of.used, of.limit ?? 0)}
          aria-valuetext={t('usage.text', { used, limit })}
          className="h-1.5 overflow-hidden rounded-full bg-line"
        >
          <svg aria-hidden preserveAspectRatio="none" viewBox="0 0 100 1" className="h-full w-full">
            <rect width={share * 100} height="1" className={full ? 'fill-warn' : 'fill-accent'} />
          </svg>
        </div>
      )}
      {full ? <span className="text-xs text-warn">{t('usage.full')}</span> : null}
    </li>
  )
}

// What is used of the plan, one field a feature.
export function Meters({ org }: { org: string }) {
  const { data, error, refetch } = useQuery(usage(org))
  if (data)
    return (
      <ul className={frame}>
        {data.items.map((item) => (
          <Meter key={item.feature} of={item} />
        ))}
      </ul>
    )
  if (error) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  return (
    <Loading>
      <div className={frame}>
        {Array.from({ length: 6 }, (_, at) => (
          <div key={at} className={cell}>
            <Bar className="w-24" />
            <Bar className="h-1.5 w-full" />
          </div>
        ))}
      </div>
    </Loading>
  )
}
