import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'

import { PhasePill } from './phase_pill'

type Deployment = Schemas['Deployment']

function Runs({ of }: { of: Deployment }) {
  const { t } = useTranslation()
  if (of.image !== null) return <span className="font-mono text-xs break-all">{of.image}</span>
  return (
    <span>
      {of.template ? <span className="font-mono text-xs break-all">{of.template} </span> : null}
      <span className="text-soft">
        {t('deployments.services', { count: Object.keys(of.services).length })}
      </span>
    </span>
  )
}

const sum = (of: Deployment, field: 'ready' | 'wanted') =>
  Object.values(of.services).reduce((total, one) => total + one[field], 0)

export function DeploymentsTable({
  org,
  team,
  rows,
}: {
  org: string
  team: string
  rows: readonly Deployment[]
}) {
  const { t, find } = useTranslation()
  return (
    <Table
      label={t('deployments.title')}
      head={[
        t('deployments.name'),
        t('deployments.phase'),
        t('deployments.runs'),
        t('deployments.ready'),
        t('deployments.changed'),
      ]}
    >
      {rows.map((one) => (
        <Row key={one.id}>
          <Head>
            <Link
              to="/o/$org/t/$team/d/$name"
              params={{ org, team, name: one.name }}
              className="link font-mono break-all"
            >
              {one.name}
            </Link>
          </Head>
          <Cell label={t('deployments.phase')}>
            <PhasePill phase={one.phase} />
            {one.reason && one.phase !== 'Ready' ? (
              <span className="block text-xs text-soft">
                {find(`cause.${one.reason}`) ?? one.reason}
              </span>
            ) : null}
          </Cell>
          <Cell label={t('deployments.runs')}>
            <Runs of={one} />
          </Cell>
          <Cell label={t('deployments.ready')}>
            <span className="whitespace-nowrap">
              {t('deployments.ready_of', { ready: sum(one, 'ready'), wanted: sum(one, 'wanted') })}
            </span>
          </Cell>
          <Cell label={t('deployments.changed')}>
            <Time at={one.updated_at} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
