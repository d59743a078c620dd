import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/i18n'

import type { Problem } from '@/api/client'
import { me, offers } from '@/api/queries'
import { Panel, Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'

// Comes to those few who are offered something.
const Offer = lazy(async () => ({ default: (await import('./ownership')).Offer }))

// Where somebody looks first: the offer waits for them alone, and ends a day after it was made.
export function OfferToMe({ org }: { org: string }) {
  const { t } = useTranslation()
  const { data: account } = useQuery(me)
  const { data } = useQuery(offers(org))
  const [over, setOver] = useState<Problem | null>(null)
  const mine = data?.items.filter((one) => one.state === 'open' && one.to.id === account?.user.id) ?? []
  if (mine.length === 0)
    return over ? (
      <Section title={t('offers.title')}>
        <ProblemNotice problem={over} />
      </Section>
    ) : null
  return (
    <Section title={t('offers.to_you')} lead={t('offers.to_you_text')}>
      <Suspense>
        <Panel>
          {mine.map((one) => (
            <Offer key={one.id} org={org} of={one} over={setOver} />
          ))}
        </Panel>
      </Suspense>
    </Section>
  )
}
