import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation, type Name } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Breakable } from '@/components/breakable'
import { Listing } from '@/components/listing'
import { Empty, Page } from '@/components/page'
import { Pill, type PillTone } from '@/components/pill'
import { SearchField } from '@/components/search'
import { usePlanName } from '@/components/plan_name'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { MenuItem, RowMenu } from '@/features/frame/menu'

import { AppointDialog } from './appoint_dialog'
import { PlanDialog } from './plan_dialog'
import { organizations } from './queries'
import { LiftDialog, SuspendDialog } from './suspension_dialogs'

type Organization = Schemas['Organization']
type Doing = { what: 'plan' | 'owner' | 'suspend' | 'lift'; to: Organization } | null

const tones: Record<string, PillTone> = { active: 'good', deleting: 'danger', suspended: 'warn' }

const orphaned = ({ owner }: Organization) => !owner?.active

function Owner({ of }: { of: Organization }) {
  const { t } = useTranslation()
  if (!of.owner) return <Pill tone="warn">{t('platform.orphaned')}</Pill>
  return (
    <>
      <span className="wrap-anywhere">{of.owner.name}</span>
      <span className="block text-xs wrap-anywhere text-soft"><Breakable text={of.owner.email} /></span>
      {of.owner.active ? null : <Pill tone="warn">{t('platform.owner_inactive')}</Pill>}
    </>
  )
}

function State({ of: { state, suspension } }: { of: Organization }) {
  const { t, find } = useTranslation()
  return (
    <>
      <Pill tone={tones[state] ?? 'neutral'}>{find(`platform.state_${state}`) ?? state}</Pill>
      {suspension ? (
        <span className="block text-xs text-soft">
          <span className="line-clamp-2 wrap-anywhere">{suspension.reason}</span>
          {t('paused.since')} <Time at={suspension.since} />
        </span>
      ) : null}
    </>
  )
}

// What can be done with one of them. Of one that is being deleted nothing runs that could be suspended.
function Actions({ of, act }: { of: Organization; act: (doing: Doing) => void }) {
  const { t } = useTranslation()
  const may = (action: string) => of.allowed_actions.includes(action)
  const items: { what: NonNullable<Doing>['what']; text: Name; danger?: boolean }[] = []
  if (may('orgs:set_plan')) items.push({ what: 'plan', text: 'platform.set_plan' })
  if (may('orgs:appoint_owner') && orphaned(of)) items.push({ what: 'owner', text: 'platform.appoint' })
  if (may('orgs:suspend') && of.state === 'suspended')
    items.push({ what: 'lift', text: 'platform.lift' }, { what: 'suspend', text: 'platform.change_reason' })
  if (may('orgs:suspend') && of.state === 'active')
    items.push({ what: 'suspend', text: 'platform.suspend', danger: true })
  if (items.length === 0) return null
  return (
    <RowMenu label={t('people.actions_of', { name: of.name })}>
      {items.map(({ what, text, danger }) => (
        <MenuItem key={what} onSelect={() => act({ what, to: of })}>
          <span className={danger ? 'text-danger' : ''}>{t(text)}</span>
        </MenuItem>
      ))}
    </RowMenu>
  )
}

// Of an installation in which there is nothing yet.
function First() {
  const { t } = useTranslation()
  return (
    <Empty
      title={t('platform.first')}
      text={t('platform.first_text')}
      action={
        <ul className="flex flex-col gap-1.5">
          <li>
            <Link to="/platform/cluster" className="link">
              {t('platform.first_cluster')}
            </Link>
          </li>
          <li>
            <Link to="/platform/plans" className="link">
              {t('platform.first_plans')}
            </Link>
          </li>
          <li>
            <Link to="/orgs" className="link">
              {t('platform.first_org')}
            </Link>
          </li>
        </ul>
      }
    />
  )
}

export function OrgsPage({ name, search }: { name: string; search: (name: string) => void }) {
  const { t } = useTranslation()
  const plan = usePlanName()
  const [doing, setDoing] = useState<Doing>(null)
  const list = useInfiniteQuery(organizations(name))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={t('platform.orgs')} of={t('nav.platform')} lead={t('platform.lead')}>
      <SearchField label={t('platform.search')} value={name} search={search} />
      <Listing
        of={list}
        count={rows.length}
        empty={name === '' ? <First /> : <Empty title={t('platform.none')} text={t('platform.none_text')} />}
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
              <Cell label={t('platform.plan')}>{plan(one.plan)}</Cell>
              <Cell label={t('platform.owner')}>
                <Owner of={one} />
              </Cell>
              <Cell label={t('platform.state')}>
                <State of={one} />
              </Cell>
              <Cell label={t('platform.created')}>
                <Time at={one.created_at} />
              </Cell>
              <Cell end corner>
                <Actions of={one} act={setDoing} />
              </Cell>
            </Row>
          ))}
        </Table>
      </Listing>
      {doing?.what === 'plan' ? <PlanDialog of={doing.to} onClose={() => setDoing(null)} /> : null}
      {doing?.what === 'owner' ? <AppointDialog of={doing.to} onClose={() => setDoing(null)} /> : null}
      {doing?.what === 'suspend' ? <SuspendDialog of={doing.to} onClose={() => setDoing(null)} /> : null}
      {doing?.what === 'lift' ? <LiftDialog of={doing.to} onClose={() => setDoing(null)} /> : null}
    </Page>
  )
}
