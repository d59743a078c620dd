import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'

// What goes and what stays when somebody is removed.
export function RemovalEffects({ org, user }: { org: string; user: string }) {
  const { t, find } = useTranslation()
  const { data, error, refetch } = useQuery({
    // Not among what a change renews: by then the person is gone.
    queryKey: ['removal', org, user],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/members/{user}/removal', {
          params: { org, user },
          signal,
        })
      ).body,
    staleTime: 0,
    gcTime: 0,
  })
  if (error) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data)
    return (
      <Loading>
        <Bar className="h-24 w-full" />
      </Loading>
    )
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {data.effects.map((effect) => (
        <li key={effect.thing} className="flex justify-between gap-4 px-3 py-1.5">
          <span>
            {find(`thing.${effect.thing}`) ?? effect.thing}
            {effect.count === null ? null : (
              <span className="text-soft"> {t('people.count', { count: effect.count })}</span>
            )}
          </span>
          <span className="text-soft">{t(`outcome.${effect.outcome}`)}</span>
        </li>
      ))}
    </ul>
  )
}
