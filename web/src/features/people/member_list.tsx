import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { me } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { ListSkeleton, More } from '@/components/listing'
import { Empty } from '@/components/page'
import { Pill } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'
import { SearchField } from '@/components/search'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { Initials } from '@/features/frame/initials'
import { MenuItem, RowMenu } from '@/features/frame/menu'

import { members } from './queries'
import { RemoveDialog } from './remove_dialog'
import { OrgRoleDialog } from './role_dialog'

type Member = Schemas['Member']
type Doing = { what: 'role' | 'remove'; to: Member } | null

export function MemberList({
  org,
  name,
  search,
}: {
  org: string
  name: string
  search: (name: string) => void
}) {
  const { t } = useTranslation()
  const [doing, setDoing] = useState<Doing>(null)
  const { data: account } = useQuery(me)
  const list = useInfiniteQuery(members(org, name))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="flex flex-col gap-3">
      <SearchField label={t('people.search')} value={name} search={search} />
      {list.error && !list.data ? (
        <ProblemNotice problem={asProblem(list.error)} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <ListSkeleton />
      ) : rows.length === 0 ? (
        <Empty title={t('people.nobody')} text={t('people.nobody_text')} />
      ) : (
        <Table
          label={t('people.members')}
          head={[
            t('people.person'),
            t('people.role'),
            t('teams.title'),
            t('people.active'),
            <span key="actions" className="sr-only">
              {t('table.actions')}
            </span>,
          ]}
        >
          {rows.map((one) => {
            const may = one.allowed_actions.includes('members:manage')
            return (
              <Row key={one.user.id}>
                <Head>
                  <span className="flex items-center gap-3">
                    <Initials name={one.user.name} />
                    <span className="flex min-w-0 flex-col">
                      <span className="flex flex-wrap items-center gap-2">
                        <Link
                          to="/o/$org/people/$user"
                          params={{ org, user: one.user.id }}
                          className="font-medium wrap-anywhere hover:underline"
                        >
                          {one.user.name}
                        </Link>
                        {one.user.id === account?.user.id ? (
                          <Pill tone="accent">{t('people.you')}</Pill>
                        ) : null}
                      </span>
                      <span className="text-xs wrap-anywhere text-soft"><Breakable text={one.user.email} /></span>
                    </span>
                  </span>
                </Head>
                <Cell label={t('people.role')}>{t(`role.${one.org_role}`)}</Cell>
                <Cell label={t('teams.title')}>
                  {one.teams.length === 0 ? (
                    <span className="text-soft">{t('people.no_team')}</span>
                  ) : (
                    one.teams.map((team) => (
                      <span key={team.team_id} className="block wrap-anywhere">
                        {team.team_name}{' '}
                        <span className="text-soft">{t(`role.${team.role}`)}</span>
                      </span>
                    ))
                  )}
                </Cell>
                <Cell label={t('people.active')}>
                  {one.last_active ? (
                    <Time at={one.last_active} about />
                  ) : (
                    <span className="text-soft">{t('people.never')}</span>
                  )}
                </Cell>
                <Cell end corner>
                  {may && one.org_role !== 'org_owner' ? (
                    <RowMenu label={t('people.actions_of', { name: one.user.name })}>
                      <MenuItem onSelect={() => setDoing({ what: 'role', to: one })}>
                        {t('people.change_role')}
                      </MenuItem>
                      <MenuItem onSelect={() => setDoing({ what: 'remove', to: one })}>
                        <span className="text-danger">{t('people.remove')}</span>
                      </MenuItem>
                    </RowMenu>
                  ) : null}
                </Cell>
              </Row>
            )
          })}
        </Table>
      )}
      {list.hasNextPage ? (
        <More busy={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
      ) : null}
      {doing?.what === 'role' ? (
        <OrgRoleDialog org={org} of={doing.to} onClose={() => setDoing(null)} />
      ) : null}
      {doing?.what === 'remove' ? (
        <RemoveDialog org={org} of={doing.to} onClose={() => setDoing(null)} />
      ) : null}
    </div>
  )
}
