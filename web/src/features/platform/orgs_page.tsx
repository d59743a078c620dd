import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Listing } from '@/components/listing'
import { Empty, Page } from '@/components/page'
import { Pill, type PillTone } from '@/components/pill'
import { SearchField } from '@/components/search'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { MenuItem, RowMenu } from '@/features/frame/menu'

import { AppointDialog } from './appoint_dialog'
import { PlanDialog } from './plan_dialog'
import { organizations } from './queries'

type Organization = Schemas['Organization']
type Doing = { what: 'plan' | 'owner'; to: Organization } | null

const tones: Record<string, PillTone> = { active: 'good', deleting: 'danger', suspended: 'warn' }

const orphaned = ({ owner }: Organization) => !owner?.active

function Owner({ of }: { of: Organization }) {
  const { t } = useTranslation()
  if (!of.owner) return <Pill tone="warn">{t('platform.orphaned')}</Pill>
  return (
    <>
      <span className="wrap-anywhere">{of.owner.name}</span>
      <span className="block text-xs break-all text-soft">{of.owner.email}</span>
      {of.owner.active ? null : <Pill tone="warn">{t('platform.owner_inactive')}</Pill>}
    </>
  )
}

export function OrgsPage({ name, search }: { name: string; search: (name: string) => void }) {
  const { t, find } = useTranslation()
  const [doing, setDoing] = useState<Doing>(null)
  const list = useInfiniteQuery(organizations(name))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={t('platform.orgs')} of={t('nav.platform')} lead={t('platform.lead')}>
      <SearchField label={t('platform.search')} value={name} search={search} />
      <Listing
        of={list}
        count={rows.length}
        empty={<Empty title={t('platform.none')} text={t('platform.none_text')} />}
      >
        <Table
          label={t('platform.orgs')}
          head={[
            t('platform.organization'),
            t('platform.plan'),
            t('platform.owner'),
            t('platform.state'),
            t('platform.created'),
            <span key="actions" className="sr-only">
              {t('table.actions')}
            </span>,
          ]}
        >
          {rows.map((one) => (
            <Row key={one.id}>
              <Head>
                <span className="font-medium wrap-anywhere">{one.name}</span>
                <span className="block font-mono text-xs break-all text-soft">{one.slug}</span>
              </Head>
              <Cell label={t('platform.plan')}>{one.plan}</Cell>
              <Cell label={t('platform.owner')}>
                <Owner of={one} />
              </Cell>
              <Cell label={t('platform.state')}>
                <Pill tone={tones[one.state] ?? 'neutral'}>
                  {find(`platform.state_${one.state}`) ?? one.state}
                </Pill>
              </Cell>
              <Cell label={t('platform.created')}>
                <Time at={one.created_at} />
              </Cell>
              <Cell end>
                <RowMenu label={t('people.actions_of', { name: one.name })}>
                  {one.allowed_actions.includes('orgs:set_plan') ? (
                    <MenuItem onSelect={() => setDoing({ what: 'plan', to: one })}>
                      {t('platform.set_plan')}
                    </MenuItem>
                  ) : null}
                  {one.allowed_actions.includes('orgs:appoint_owner') && orphaned(one) ? (
                    <MenuItem onSelect={() => setDoing({ what: 'owner', to: one })}>
                      {t('platform.appoint')}
                    </MenuItem>
                  ) : null}
                </RowMenu>
              </Cell>
            </Row>
          ))}
        </Table>
      </Listing>
      {doing?.what === 'plan' ? <PlanDialog of={doing.to} onClose={() => setDoing(null)} /> : null}
      {doing?.what === 'owner' ? <AppointDialog of={doing.to} onClose={() => setDoing(null)} /> : null}
    </Page>
  )
}
