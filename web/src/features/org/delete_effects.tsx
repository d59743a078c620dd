import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { offers } from '@/api/queries'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { invitations } from '@/features/people/queries'

// What ends for good with an organization, though it is restored, and who hears of it.
export function DeleteEffects({ org }: { org: string }) {
  const { t } = useTranslation()
  const pending = useInfiniteQuery({ ...invitations(org, 'pending'), staleTime: 0 })
  const offered = useQuery({ ...offers(org), staleTime: 0 })
  const problem = pending.error ?? offered.error
  if (problem) return <ProblemNotice problem={asProblem(problem)} />
  if (!pending.data || !offered.data)
    return (
      <Loading>
        <Bar className="h-5 w-full" />
      </Loading>
    )
  const pages = pending.data.pages
  const count = pages.reduce((sum, page) => sum + page.items.length, 0)
  const more = pages.at(-1)?.next_cursor !== null
  const open = offered.data.items.find((one) => one.state === 'open')
  return (
    <ul className="flex list-disc flex-col gap-1 pl-4">
      {count > 0 ? (
        <li>
          {more
            ? t('end.invitations_many', { number: count })
            : t('end.invitations', { count })}
        </li>
      ) : null}
      {open ? <li>{t('end.offer', { to: open.to.name ?? t('people.former') })}</li> : null}
      <li>{t('end.told')}</li>
    </ul>
  )
}
