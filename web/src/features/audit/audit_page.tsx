import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { organization } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { Button } from '@/components/button'
import { ExportButtons } from '@/components/export_buttons'
import { Listing } from '@/components/listing'
import { Notice } from '@/components/notice'
import { Empty, Page } from '@/components/page'
import { Pill } from '@/components/pill'
import { useLacking } from '@/components/plan_feature'
import { PageSkeleton } from '@/components/skeleton'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { faultText } from '@/i18n/faults'

import { ActorName } from './actor_name'
import { FilterBar } from './filter_bar'
import { filterOf, type Filters } from './filters'
import { audit, exportPath } from './queries'
import { RowDialog } from './row_dialog'
import { useWords } from './words'

const distinct = (texts: string[]) => [...new Set(texts)].sort()

export function AuditPage({
  org,
  filters,
  bad,
  narrow,
}: {
  org: string
  filters: Filters
  bad: readonly (keyof Filters)[]
  narrow: (to: Filters) => void
}) {
  const { t, language } = useTranslation()
  const words = useWords()
  const [open, setOpen] = useState<Schemas['AuditRow'] | null>(null)
  const { data: found } = useQuery(organization(org))
  const list = useInfiniteQuery(audit(org, filters))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  // Until it is known: what comes later would push the list down.
  const may = found?.body.allowed_actions.includes('audit:read') ?? true
  const lacking = useLacking(org, 'audit.export')
  const wrong: Partial<Record<keyof Filters, string>> = {}
  for (const name of bad) wrong[name] = t(name === 'from' || name === 'until' ? 'audit.time_bad' : 'audit.filter_bad')
  const unusable = list.error ? asProblem(list.error).faults.filter(({ pointer }) => filterOf(pointer)) : []
  for (const fault of unusable) wrong[filterOf(fault.pointer) ?? 'from'] = faultText(fault, language)
  // What it takes more room to say moves nothing that is there.
  if (lacking === undefined) return <PageSkeleton />
  return (
    <Page
      title={t('audit.title')}
      {...(found ? { of: found.body.name } : {})}
      lead={t('audit.lead')}
      action={may ? <ExportButtons path={exportPath(org, filters)} name="audit" lacking={lacking} /> : null}
    >
      {may ? (
        <FilterBar
          org={org}
          filters={filters}
          wrong={wrong}
          seen={{
            kinds: distinct(rows.map((one) => one.target.kind)),
          }}
          narrow={narrow}
        />
      ) : null}
      {unusable.length > 0 ? (
        <Notice tone="warn" role="alert" title={t('audit.unusable')}>
          <p>{t('audit.unusable_text')}</p>
        </Notice>
      ) : (
        <Listing
          of={list}
          count={rows.length}
          empty={<Empty title={t('audit.empty')} text={t('audit.empty_text')} />}
        >
          <Table
            label={t('audit.title')}
            head={[
              t('audit.time'),
              t('audit.actor'),
              t('audit.action'),
              t('audit.target'),
              t('audit.outcome'),
              <span key="actions" className="sr-only">
                {t('table.actions')}
              </span>,
            ]}
          >
            {rows.map((one) => (
              <Row key={one.seq}>
                <Head>
                  <Time at={one.at} />
                </Head>
                <Cell label={t('audit.actor')}>
                  <span className="wrap-anywhere lg:block lg:min-w-28">
                    <ActorName of={one} />
                  </span>
                </Cell>
                <Cell label={t('audit.action')}>
                  <span className="wrap-anywhere">
                    <Breakable text={words.deed(one)} />
                  </span>
                </Cell>
                <Cell label={t('audit.target')}>
                  {/* Words of ours stay whole; a name may be one word longer than any column. */}
                  <span className="lg:block lg:min-w-32">
                    {words.kind(one.target.kind)}
                    {words.target(one) ? (
                      <span className="block text-xs wrap-anywhere text-soft">
                        <Breakable text={words.target(one) ?? ''} />
                      </span>
                    ) : null}
                  </span>
                </Cell>
                <Cell label={t('audit.outcome')}>
                  <Pill tone={one.result === 'done' ? 'good' : 'warn'}>{t(`audit.${one.result}`)}</Pill>
                </Cell>
                <Cell end>
                  <span className="max-sm:-ml-3">
                    <Button
                      look="quiet"
                      aria-label={t('audit.details_of', { seq: one.seq })}
                      onClick={() => setOpen(one)}
                    >
                      {t('audit.details')}
                    </Button>
                  </span>
                </Cell>
              </Row>
            ))}
          </Table>
        </Listing>
      )}
      {open ? (
        <RowDialog
          org={org}
          of={open}
          narrow={(to) => {
            setOpen(null)
            narrow(to)
          }}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </Page>
  )
}
