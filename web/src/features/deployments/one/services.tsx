import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Panel } from '@/components/page'
import { Cell, Head, Row, Table } from '@/components/table'
import { sized } from '@/quantity'

type Services = Schemas['Deployment']['services']

export function ServicesTable({ of }: { of: Services }) {
  const { t, language } = useTranslation()
  // Of all services in one unit.
  const limits = (what: 'cpu' | 'memory') =>
    sized(what, Object.values(of).map((one) => one.resources.limits[what]), language)
  return (
    <Table
      label={t('services.title')}
      head={[t('services.name'), t('services.image'), t('deployments.ready'), t('services.limits'), t('services.restarts')]}
    >
      {Object.entries(of).map(([name, one], at) => (
        <Row key={name}>
          <Head>
            <span className="font-mono">{name}</span>
            {one.port === null ? null : (
              <span className="block text-xs text-soft">{t('services.port', { port: one.port })}</span>
            )}
          </Head>
          <Cell label={t('services.image')}>
            <span className="font-mono text-xs break-all">{one.image}</span>
          </Cell>
          <Cell label={t('deployments.ready')}>
            {t('deployments.ready_of', { ready: one.ready, wanted: one.wanted })}
            {one.autoscale ? (
              <span className="block text-xs text-soft">{t('services.scaled', { ...one.autoscale })}</span>
            ) : null}
          </Cell>
          <Cell label={t('services.limits')}>
            {t('services.amounts', {
              cpu: limits('cpu')[at] ?? '',
              memory: limits('memory')[at] ?? '',
            })}
          </Cell>
          <Cell label={t('services.restarts')}>{one.restarts}</Cell>
        </Row>
      ))}
    </Table>
  )
}

export function Variables({ of }: { of: Services }) {
  const { t } = useTranslation()
  const several = Object.keys(of).length > 1
  const rows = Object.entries(of).flatMap(([service, { env }]) =>
    Object.entries(env).map(([name, value]) => ({ service, name, value })),
  )
  if (rows.length === 0) return <p className="text-soft">{t('services.no_variables')}</p>
  return (
    <Panel>
      <dl>
        {rows.map(({ service, name, value }) => (
          <div
            key={`${service} ${name}`}
            className="grid gap-x-4 gap-y-0.5 border-t border-line px-4 py-2 first:border-t-0 sm:grid-cols-[16rem_minmax(0,1fr)]"
          >
            <dt className="font-mono text-xs leading-5 break-all text-soft">
              {several ? `${service}: ` : ''}
              {name}
            </dt>
            <dd className="font-mono text-xs leading-5 break-all whitespace-pre-wrap">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
