import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { me } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { Button } from '@/components/button'
import { Listing } from '@/components/listing'
import { Empty } from '@/components/page'
import { Pill } from '@/components/pill'
import { SearchField } from '@/components/search'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { Initials } from '@/features/frame/initials'
import { MenuItem, RowMenu } from '@/features/frame/menu'
import { useWhyNot } from '@/features/frame/why_not'

import { AddDialog } from './add_dialog'
import { TeamRemoveDialog, TeamRoleDialog } from './member_dialogs'
import { teamMembers } from './queries'

type Doing = { what: 'role' | 'remove'; to: Schemas['TeamMember'] } | { what: 'add' } | null

export function TeamMembers({
  org,
  team,
  name,
  search,
}: {
  org: string
  team: Schemas['Team']
  name: string
  search: (name: string) => void
}) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [doing, setDoing] = useState<Doing>(null)
  const { data: account } = useQuery(me)
  const list = useInfiniteQuery(teamMembers(org, team.slug, name))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const may = team.allowed_actions.includes('members:manage')
  const add = (
    <Button
      look="primary"
      disabled={!may}
      aria-describedby={may ? undefined : 'add-why'}
      onClick={() => setDoing({ what: 'add' })}
    >
      {t('team.add_people')}
    </Button>
  )
  return (
    <div className="flex flex-col gap-4">
      <p className="max-w-prose text-soft">{t('team.lead')}</p>
      <div className="flex flex-col gap-3 sm:flex-row sm:items-start sm:justify-between">
        <SearchField label={t('people.search')} value={name} search={search} />
        <div className="flex flex-col items-start gap-1 sm:items-end">
          {add}
          {may ? null : (
            <p id="add-why" className="text-xs text-soft">
              {whyNot('team.manage_not')}
            </p>
          )}
        </div>
      </div>
      <Listing
        of={list}
        count={rows.length}
        empty={
          name ? (
            <Empty title={t('team.find_none')} text={t('team.find_none_text')} />
          ) : (
            <Empty title={t('team.nobody')} text={t('team.nobody_text')} />
          )
        }
      >
        <Table
          label={t('team.members')}
          head={[
            t('people.person'),
            t('team.role'),
            t('team.org_role'),
            t('team.since'),
            <span key="actions" className="sr-only">
              {t('table.actions')}
            </span>,
          ]}
        >
          {rows.map((one) => (
            <Row key={one.user.id}>
              <Head>
                <span className="flex items-center gap-3">
                  <Initials name={one.user.name} />
                  <span className="flex min-w-0 flex-col">
                    <span className="flex flex-wrap items-center gap-2">
                      <span className="font-medium wrap-anywhere">{one.user.name}</span>
                      {one.user.id === account?.user.id ? (
                        <Pill tone="accent">{t('people.you')}</Pill>
                      ) : null}
                    </span>
                    <span className="text-xs wrap-anywhere text-soft"><Breakable text={one.user.email} /></span>
                  </span>
                </span>
              </Head>
              <Cell label={t('team.role')}>{t(`role.${one.role}`)}</Cell>
              <Cell label={t('team.org_role')}>
                <span className="text-soft">{t(`role.${one.org_role}`)}</span>
              </Cell>
              <Cell label={t('team.since')}>
                <Time at={one.since} />
              </Cell>
              <Cell end corner>
                {one.allowed_actions.includes('members:manage') ? (
                  <RowMenu label={t('people.actions_of', { name: one.user.name })}>
                    <MenuItem onSelect={() => setDoing({ what: 'role', to: one })}>
                      {t('team.change_role')}
                    </MenuItem>
                    <MenuItem onSelect={() => setDoing({ what: 'remove', to: one })}>
                      <span className="text-danger">{t('team.remove')}</span>
                    </MenuItem>
                  </RowMenu>
                ) : null}
              </Cell>
            </Row>
          ))}
        </Table>
      </Listing>
      {doing?.what === 'add' ? (
        <AddDialog org={org} team={team.slug} onClose={() => setDoing(null)} />
      ) : null}
      {doing?.what === 'role' ? (
        <TeamRoleDialog org={org} team={team.slug} of={doing.to} onClose={() => setDoing(null)} />
      ) : null}
      {doing?.what === 'remove' ? (
        <TeamRemoveDialog
          org={org}
          team={team.slug}
          of={doing.to}
          own={doing.to.user.id === account?.user.id}
          onClose={() => setDoing(null)}
        />
      ) : null}
    </div>
  )
}
