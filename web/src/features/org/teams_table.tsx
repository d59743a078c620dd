import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { Empty, Panel } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { Row, Table } from '@/components/table'
import { teamList } from '@/features/teams/queries'
import { TeamCells } from '@/features/teams/team_cells'

// The page of the teams has all of them.
const shown = 10

export function TeamsTable({ org }: { org: string }) {
  const { t } = useTranslation()
  // As they are now whenever somebody comes here, as what is used of the plan beside them.
  const { data, error, refetch } = useInfiniteQuery({ ...teamList(org), staleTime: 0 })
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data)
    return (
      <Loading>
        <Panel>
          <div className="flex h-[5.5rem] flex-col justify-evenly px-4">
            <Bar className="w-40" />
            <Bar className="w-64" />
          </div>
        </Panel>
      </Loading>
    )
  const all = data.pages.flatMap((page) => page.items)
  if (all.length === 0)
    return <Empty title={t('teams.empty')} text={t('teams.empty_text')} />
  return (
    <div className="flex flex-col gap-3">
      <Table label={t('teams.title')} head={[t('teams.name'), t('teams.purpose'), t('teams.role')]}>
        {all.slice(0, shown).map((team) => (
          <Row key={team.id}>
            <TeamCells org={org} of={team} />
        </Row>
        ))}
      </Table>
      {all.length > shown ? (
        <Link to="/o/$org/teams" params={{ org }} className="link self-start">
          {t('teams.all')}
        </Link>
      ) : null}
    </div>
  )
}
