import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { buttonClass } from '@/components/button'
import { ListSkeleton } from '@/components/listing'
import { Empty, Panel, Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'

import { access, reviews } from './queries'
import { ReviewPlace } from './right'
import { Rights } from './rights'

type Review = Schemas['AccessReview']

function OpenReview({ org, of }: { org: string; of: Review }) {
  const { t } = useTranslation()
  const { rights, pending } = of.counts
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-col">
        <span className="font-medium wrap-anywhere">
          <ReviewPlace of={of} />
        </span>
        <span className="text-soft">
          {t('access.started_by', { name: of.started_by.name ?? t('people.former') })},{' '}
          <Time at={of.started_at} />
        </span>
        <span>{t('access.decided', { done: rights - pending, all: rights })}</span>
      </div>
      <Link
        to="/o/$org/access-review/$review"
        params={{ org, review: of.id }}
        className={buttonClass('plain')}
      >
        {t('access.again')}
      </Link>
    </li>
  )
}

function History({ org, of }: { org: string; of: Review[] }) {
  const { t } = useTranslation()
  if (of.length === 0)
    return <Empty title={t('access.history_empty')} text={t('access.history_empty_text')} />
  return (
    <Table
      label={t('access.history')}
      head={[
        t('access.place'),
        t('access.finished_at'),
        t('access.count_rights'),
        t('access.count_confirmed'),
        t('access.count_removed'),
        t('access.count_undecided'),
      ]}
    >
      {of.map((one) => (
        <Row key={one.id}>
          <Head>
            <Link
              to="/o/$org/access-review/$review"
              params={{ org, review: one.id }}
              className="link wrap-anywhere"
            >
              <ReviewPlace of={one} />
            </Link>
          </Head>
          <Cell label={t('access.finished_at')}>
            {one.finished_at ? <Time at={one.finished_at} /> : null}
            <span className="block text-xs wrap-anywhere text-soft">
              {t('access.decided_by', { name: one.finished_by?.name ?? t('people.former') })}
            </span>
          </Cell>
          <Cell label={t('access.count_rights')}>{one.counts.rights}</Cell>
          <Cell label={t('access.count_confirmed')}>{one.counts.confirmed}</Cell>
          <Cell label={t('access.count_removed')}>{one.counts.removed}</Cell>
          <Cell label={t('access.count_undecided')}>{one.counts.undecided + one.counts.changed}</Cell>
        </Row>
      ))}
    </Table>
  )
}

// Who has which right, and the reviews of that: of an organization with its teams, or of one team.
export function Access({
  org,
  team,
  inactive,
  filter,
}: {
  org: string
  team: string | null
  inactive: boolean
  filter: (inactive: boolean) => void
}) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(reviews(org, team))
  // Shown together, so that what stands lower does not jump. Asked for in one place: a second one
  // would ask again as soon as it is shown.
  const rights = useInfiniteQuery(access(org, team, inactive))
  if ((!data && !error) || rights.isPending) return <ListSkeleton />
  const open = data?.filter((one) => one.state === 'open') ?? []
  return (
    <>
      {open.length > 0 ? (
        <Section title={t('access.open_reviews')}>
          <Panel>
            <ul className="divide-y divide-line">
              {open.map((one) => (
                <OpenReview key={one.id} org={org} of={one} />
              ))}
            </ul>
          </Panel>
        </Section>
      ) : null}
      <Rights org={org} team={team} list={rights} inactive={inactive} filter={filter} />
      <Section title={t('access.history')}>
        {data ? (
          <History org={org} of={data.filter((one) => one.state === 'finished')} />
        ) : (
          <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
        )}
      </Section>
    </>
  )
}
