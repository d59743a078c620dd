import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { organization } from '@/api/queries'
import { Button } from '@/components/button'
import { Listing } from '@/components/listing'
import { NotFoundText } from '@/components/not_found'
import { Empty, Page } from '@/components/page'
import { Pill } from '@/components/pill'
import { UnreadPage } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Time } from '@/components/time'

import { Decision } from './decision'
import { FinishDialog } from './finish_dialog'
import { review as reviewOf, reviewRows } from './queries'
import { ReviewPlace } from './right'
import { RightsTable } from './rights_table'

const counts = ['rights', 'pending', 'confirmed', 'removed', 'changed', 'undecided'] as const

function Counts({ of }: { of: Schemas['AccessReview'] }) {
  const { t } = useTranslation()
  const shown = counts.filter((name) => {
    // Some mean something only once it is finished, one only until then.
    if (name === 'changed' || name === 'undecided') return of.state === 'finished'
    return name !== 'pending' || of.state === 'open'
  })
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line sm:flex">
      {shown.map((name) => (
        <div
          key={name}
          className={`flex flex-1 flex-col gap-0.5 bg-panel px-4 py-3 ${name === 'rights' && shown.length % 2 === 1 ? 'col-span-2' : ''}`}
        >
          <dt className="text-soft">{t(`access.count_${name}`)}</dt>
          <dd className="text-base font-semibold">{of.counts[name]}</dd>
        </div>
      ))}
    </dl>
  )
}

// Of a team's reviews there are two lists; who administers the team alone is let into one of them.
function Back({ org, team }: { org: string; team: string | null }) {
  const { t } = useTranslation()
  const { data } = useQuery(organization(org))
  const all = data?.body.allowed_actions.includes('members:manage') ?? true
  return all || team === null ? (
    <Link to="/o/$org/access-review" params={{ org }} className="link">
      {t('nav.access')}
    </Link>
  ) : (
    <Link to="/o/$org/t/$team/access-review" params={{ org, team }} className="link">
      {t('nav.access')}
    </Link>
  )
}

export function ReviewPage({ org, review }: { org: string; review: string }) {
  const { t } = useTranslation()
  const [finishing, setFinishing] = useState(false)
  const found = useQuery(reviewOf(org, review))
  const list = useInfiniteQuery(reviewRows(org, review))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  if (!found.data) {
    const problem = found.error ? asProblem(found.error) : null
    if (problem?.status === 404) return <NotFoundText />
    return problem ? (
      <UnreadPage title={t('access.review')} problem={problem} retry={() => void found.refetch()} />
    ) : (
      <PageSkeleton />
    )
  }
  const of = found.data
  const open = of.state === 'open'
  return (
    <Page
      title={t('access.review')}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Pill tone={open ? 'accent' : 'good'}>{t(open ? 'access.open' : 'access.finished')}</Pill>
          <span className="wrap-anywhere">
            <ReviewPlace of={of} />
          </span>
          <span className="wrap-anywhere">
            {t('access.started_by', { name: of.started_by.name ?? t('people.former') })},{' '}
            <Time at={of.started_at} />
          </span>
          <Back org={org} team={of.team} />
        </span>
      }
      action={
        open ? (
          <Button look="primary" onClick={() => setFinishing(true)}>
            {t('access.finish')}
          </Button>
        ) : null
      }
    >
      <Counts of={of} />
      {open ? <p className="text-soft">{t('access.review_lead')}</p> : null}
      <Listing
        of={list}
        count={rows.length}
        empty={<Empty title={t('access.empty')} text={t('access.history_empty_text')} />}
      >
        <RightsTable
          of={rows}
          name={(one) => String(one.number)}
          who={(one) => (
            <span className="font-medium wrap-anywhere">
              {one.user.name ?? one.user.email ?? t('people.former')}
              {one.user.name === null ? (
                <span className="block font-mono text-xs font-normal break-all text-soft">{one.user.id}</span>
              ) : null}
            </span>
          )}
          decision={(one) => <Decision org={org} review={review} of={one} open={open} />}
        />
      </Listing>
      {finishing ? <FinishDialog org={org} of={of} onClose={() => setFinishing(false)} /> : null}
    </Page>
  )
}
