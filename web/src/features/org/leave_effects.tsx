import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { me, offers } from '@/api/queries'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'

// What falls for good with somebody who leaves: the offer of ownership that is theirs, on either side of it.
export function LeaveEffects({ org }: { org: string }) {
  const { t } = useTranslation()
  const { data: account } = useQuery(me)
  const { data, error } = useQuery({ ...offers(org), staleTime: 0 })
  if (error) return <ProblemNotice problem={asProblem(error)} />
  if (!data || !account)
    return (
      <Loading>
        <Bar className="h-5 w-full" />
      </Loading>
    )
  const own = account.user.id
  const open = data.items.find((one) => one.state === 'open' && (one.to.id === own || one.from.id === own))
  if (!open) return null
  return (
    <p>
      {open.to.id === own
        ? t('end.offer_to_you', { from: open.from.name ?? t('people.former') })
        : t('end.offer', { to: open.to.name ?? t('people.former') })}
    </p>
  )
}
