import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Empty, Section } from '@/components/page'
import { Cell, Head, Row, Table } from '@/components/table'
import { RightGiven } from '@/features/access/right'

// The teams that a person is in, and how that came.
export function MemberTeams({ org, of }: { org: string; of: Schemas['Access'][] }) {
  const { t } = useTranslation()
  const rows = of.filter((one) => one.scope === 'team')
  return (
    <Section title={t('teams.title')}>
      {rows.length === 0 ? (
        <Empty title={t('member.team_none')} text={t('member.team_none_text')} />
      ) : (
        <Table
          label={t('teams.title')}
          head={[t('member.team'), t('team.role'), t('access.given')]}
        >
          {rows.map((one) => (
            <Row key={one.team_id}>
              <Head>
                <Link
                  to="/o/$org/t/$team"
                  params={{ org, team: one.team ?? one.team_id ?? '' }}
                  className="link wrap-anywhere"
                >
                  {one.team_name}
                </Link>
              </Head>
              <Cell label={t('team.role')}>{t(`role.${one.role}`)}</Cell>
              <Cell label={t('access.given')}>
                <RightGiven of={one} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Section>
  )
}
