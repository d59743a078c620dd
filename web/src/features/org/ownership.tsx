import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Problem, type Schemas } from '@/api/client'
import { me, offers, renew } from '@/api/queries'
import { Button } from '@/components/button'
import { FormDialog } from '@/components/form_dialog'
import { Empty, Panel, Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Time } from '@/components/time'
import { toast } from '@/components/toasts'

import { OfferDialog } from './offer_dialog'

// Whether what somebody wanted to do with a thing found it answered, withdrawn or over.
const isOver = ({ status }: Problem) => status === 409 || status === 404

// `over`: told why nothing could be done with it any more, when it may not stand here any longer.
export function Offer({
  org,
  of,
  over,
}: {
  org: string
  of: Schemas['OwnershipOffer']
  over: (problem: Problem | null) => void
}) {
  const { t } = useTranslation()
  const { data } = useQuery(me)
  const [sure, setSure] = useState(false)
  const answer = useMutation({
    mutationFn: (how: 'accept' | 'decline' | 'cancel') =>
      ask('post', `/api/v1/orgs/{org}/ownership-offers/{offer}/${how}`, {
        params: { org, offer: of.id },
      }),
    onSuccess: async (_, how) => {
      await renew(org)
      toast(t(`offers.done_${how}`))
    },
    onMutate: () => over(null),
    // Answered from somewhere else, or over: it is not shown any more, and so cannot say why.
    onError: (error) => {
      const problem = asProblem(error)
      if (isOver(problem)) {
        setSure(false)
        over(problem)
      }
      void renew(org)
    },
  })
  const mine = data?.user.id === of.to.id
  return (
    <div className="flex flex-col gap-3 px-4 py-3">
      <p>
        {t('offers.text', {
          from: of.from.name ?? t('people.former'),
          to: of.to.name ?? t('people.former'),
        })}{' '}
        <span className="text-soft">
          {t('offers.until')} <Time at={of.expires_at} full />
        </span>
      </p>
      {answer.error && !sure && !isOver(asProblem(answer.error)) ? <ProblemNotice problem={asProblem(answer.error)} /> : null}
      <div className="flex flex-wrap gap-2">
        {mine ? (
          <>
            <Button look="primary" busy={answer.isPending} onClick={() => setSure(true)}>
              {t('offers.accept')}
            </Button>
            <Button busy={answer.isPending} onClick={() => answer.mutateAsync('decline')}>
              {t('offers.decline')}
            </Button>
          </>
        ) : data?.user.id === of.from.id ? (
          <Button busy={answer.isPending} onClick={() => answer.mutateAsync('cancel')}>
            {t('offers.cancel')}
          </Button>
        ) : null}
      </div>
      {sure ? (
        <FormDialog
          title={t('offers.sure')}
          lead={t('offers.sure_text')}
          action={t('offers.accept')}
          busy={answer.isPending}
          problems={[answer.error]}
          send={() => answer.mutateAsync('accept')}
          onClose={() => setSure(false)}
        />
      ) : null}
    </div>
  )
}

// Who owns it, and the way to somebody else: an offer, one at a time, by the owner alone.
export function Ownership({ org, of }: { org: string; of: Schemas['Organization'] }) {
  const { t } = useTranslation()
  const [offering, setOffering] = useState(false)
  const [over, setOver] = useState<Problem | null>(null)
  const { data, error, refetch } = useQuery(offers(org))
  const may = of.allowed_actions.includes('org:transfer')
  const open = data?.items.filter((offer) => offer.state === 'open') ?? []
  return (
    <Section title={t('offers.title')} lead={t('offers.lead')}>
      {over ? <ProblemNotice problem={over} /> : null}
      {error && !data ? (
        <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
      ) : !data ? (
        <PageSkeleton />
      ) : open.length > 0 ? (
        <Panel>
          {open.map((offer) => (
            <Offer key={offer.id} org={org} of={offer} over={setOver} />
          ))}
        </Panel>
      ) : (
        <Empty
          title={t('offers.empty')}
          text={t('offers.empty_text')}
          action={may ? <Button onClick={() => {
            setOver(null)
            setOffering(true)
          }}>{t('offers.by_offer')}</Button> : null}
        />
      )}
      {offering ? <OfferDialog org={org} onClose={() => setOffering(false)} /> : null}
    </Section>
  )
}
