import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { teams } from '@/api/queries'
import { Empty, Panel } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { Cell, Head, Row, Table } from '@/components/table'

export function TeamsTable({ org }: { org: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(teams(org))
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
  if (data.items.length === 0)
    return <Empty title={t('teams.empty')} text={t('teams.empty_text')} />
  return (
    <Table label={t('teams.title')} head={[t('teams.name'), t('teams.purpose'), t('teams.role')]}>
      {data.items.map((team) => (
        <Row key={team.id}>
          <Head>
            <Link
              to="/o/$org/t/$team"
              params={{ org, team: team.slug }}
              className="link font-medium break-words"
            >
              {team.name}
            </Link>
            <span className="block font-mono text-xs break-all text-soft">{team.slug}</span>
          </Head>
          <Cell label={t('teams.purpose')}>
            {team.description || <span className="text-soft lg:whitespace-nowrap">{t('teams.no_purpose')}</span>}
          </Cell>
          <Cell label={t('teams.role')}>
            {team.role ? t(`role.${team.role}`) : <span className="text-soft lg:whitespace-nowrap">{t('teams.none')}</span>}
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
