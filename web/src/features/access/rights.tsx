import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Choice } from '@/components/choice'
import { ExportButtons } from '@/components/export_buttons'
import { Listing } from '@/components/listing'
import { Empty, Section } from '@/components/page'

import { RightsTable } from './rights_table'

// Who has which right now.
export function Rights({
  org,
  team,
  list,
  inactive,
  filter,
}: {
  org: string
  team: string | null
  list: UseInfiniteQueryResult<InfiniteData<Schemas['AccessList']>>
  inactive: boolean
  filter: (inactive: boolean) => void
}) {
  const { t } = useTranslation()
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const totals = list.data?.pages[0]?.totals
  const place = team === null ? '' : `/teams/${encodeURIComponent(team)}`
  const path = `/api/v1/orgs/${encodeURIComponent(org)}${place}/access-review/export`
  return (
    <Section title={t('access.rights')}>
      <div className="min-h-5 text-soft">
        {totals ? t('access.totals', totals) : null}
      </div>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Choice
          label={t('access.show')}
          value={inactive ? 'inactive' : 'all'}
          options={[
            { value: 'all', text: t('access.all') },
            { value: 'inactive', text: t('access.inactive_only') },
          ]}
          choose={(value) => filter(value === 'inactive')}
        />
        {totals ? (
          <ExportButtons path={inactive ? `${path}?inactive=true` : path} name="access-review" />
        ) : null}
      </div>
      <Listing
        of={list}
        count={rows.length}
        empty={<Empty title={t('access.empty')} text={t('access.empty_text')} />}
      >
        <RightsTable
          of={rows}
          name={(one) => `${one.user.id} ${one.team_id ?? ''}`}
          who={(one) => (
            <Link
              to="/o/$org/people/$user"
              params={{ org, user: one.user.id }}
              className="link font-medium wrap-anywhere"
            >
              {one.user.name}
            </Link>
          )}
        />
      </Listing>
    </Section>
  )
}
