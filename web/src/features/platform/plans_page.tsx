import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { ListSkeleton } from '@/components/listing'
import { Empty, Page } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { Cell, Head, Row, Table } from '@/components/table'

import { useEntitlement } from './entitlement'
import { plans } from './queries'

function PlanTable({ of }: { of: Schemas['Plan'][] }) {
  const { t, find } = useTranslation()
  const said = useEntitlement()
  const features = of[0]?.entitlements.map((one) => one.feature) ?? []
  return (
    <Table label={t('platform.plans')} head={[t('platform.feature'), ...of.map((plan) => plan.name)]}>
      {features.map((feature, at) => (
        <Row key={feature}>
          <Head>{find(`feature.${feature}`) ?? feature}</Head>
          {of.map((plan) => {
            const one = plan.entitlements[at]
            return (
              <Cell key={plan.key} label={plan.name}>
                {one ? said(one, of.flatMap(({ entitlements }) => entitlements[at] ?? [])) : null}
              </Cell>
            )
          })}
        </Row>
      ))}
    </Table>
  )
}

export function PlansPage() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(plans)
  return (
    <Page title={t('platform.plans')} of={t('nav.platform')} lead={t('platform.plans_lead')}>
      {!data ? (
        error ? (
          <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
        ) : (
          <ListSkeleton />
        )
      ) : data.items.length === 0 ? (
        <Empty title={t('platform.plans_empty')} text={t('platform.plans_empty_text')} />
      ) : (
        <>
          <PlanTable of={data.items} />
          <p className="max-w-prose text-soft">{t('platform.support_none')}</p>
        </>
      )}
    </Page>
  )
}
