import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { organization } from '@/api/queries'
import { Button } from '@/components/button'
import { Listing } from '@/components/listing'
import { Empty, Page } from '@/components/page'
import { Cell, Row, Table } from '@/components/table'
import { Time } from '@/components/time'
import { useWhyNot } from '@/features/frame/why_not'

import { NewTeamDialog } from './new_team_dialog'
import { teamList } from './queries'
import { TeamCells } from './team_cells'

export function TeamsPage({ org }: { org: string }) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [making, setMaking] = useState(false)
  const { data } = useQuery(organization(org))
  const list = useInfiniteQuery(teamList(org))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const may = data?.body.allowed_actions.includes('teams:create') ?? false
  return (
    <Page
      title={t('nav.teams')}
      {...(data ? { of: data.body.name } : {})}
      lead={t('teams.manage_text')}
      action={
        <div className="flex flex-col items-start gap-1 sm:items-end">
          <Button
            look="primary"
            disabled={!may}
            aria-describedby={data && !may ? 'team-why' : undefined}
            onClick={() => setMaking(true)}
          >
            {t('team.new')}
          </Button>
          {data && !may ? (
            <p id="team-why" className="text-xs text-soft">
              {whyNot('team.new_not')}
            </p>
          ) : null}
        </div>
      }
    >
      <Listing
        of={list}
        count={rows.length}
        empty={<Empty title={t('teams.empty')} text={t('teams.empty_text')} />}
      >
        <Table
          label={t('nav.teams')}
          head={[t('teams.name'), t('teams.purpose'), t('teams.role'), t('team.created')]}
        >
          {rows.map((one) => (
            <Row key={one.id}>
              <TeamCells org={org} of={one} />
              <Cell label={t('team.created')}>
                <Time at={one.created_at} />
              </Cell>
            </Row>
          ))}
        </Table>
      </Listing>
      {making ? <NewTeamDialog org={org} onClose={() => setMaking(false)} /> : null}
    </Page>
  )
}
