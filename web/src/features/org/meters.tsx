import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { usage } from '@/api/queries'
import { amount, amounts } from '@/amount'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { UseBar } from '@/components/use_bar'

type Item = Schemas['Usage']['items'][number]

const frame = 'grid gap-px overflow-hidden rounded-md border border-line bg-line grid-cols-2 lg:grid-cols-3'
const cell = 'flex min-h-24 flex-col justify-between gap-3 bg-panel px-4 py-3'
const wide = `${cell} col-span-full`

function Meter({ of }: { of: Item }) {
  const { t, find, language } = useTranslation()
  const name = find(`feature.${of.feature}`) ?? of.feature
  const { used, limit } =
    of.limit === null
      ? { used: amount(of.used, of.unit, language), limit: null }
      : amounts(of.used, of.limit, of.unit, language)
  const ofEach = of.per === 'service'
  const full = !ofEach && of.limit !== null && of.used >= of.limit
  return (
    <li className={ofEach ? wide : cell}>
      <div className="flex flex-col gap-0.5">
        <span className="text-soft">{name}</span>
        <span>
          <span className="text-base font-semibold">{used}</span>{' '}
          <span className="whitespace-nowrap text-soft">
            {limit === null ? t('usage.unlimited') : t('usage.of', { limit })}
          </span>
        </span>
      </div>
      {limit === null || of.limit === null ? null : (
        <UseBar label={name} used={of.used} limit={of.limit} text={{ used, limit }} />
      )}
      {full ? <span className="text-xs text-warn">{t('usage.full')}</span> : null}
    </li>
  )
}

// What is used of the plan, one field a feature. `each`: also what is limited for each service by itself.
export function Meters({ org, each = false }: { org: string; each?: boolean }) {
  const { data, error, refetch } = useQuery(usage(org))
  if (data)
    return (
      <ul className={frame}>
        {data.items
          .filter(({ per }) => each || per === 'organization')
          .map((item) => (
            <Meter key={item.feature} of={item} />
          ))}
      </ul>
    )
  if (error) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  return (
    <Loading>
      <div className={frame}>
        {Array.from({ length: each ? 7 : 6 }, (_, at) => (
          <div key={at} className={at === 6 ? wide : cell}>
            <Bar className="w-24" />
            <Bar className="h-1.5 w-full" />
          </div>
        ))}
      </div>
    </Loading>
  )
}
