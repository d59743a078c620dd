import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { Breakable } from '@/components/breakable'
import { Cell, Head, Row, Table } from '@/components/table'

import { LastActive, RightGiven, RightName, type Right } from './right'

// Rights as rows: whose, which, how that came, and when the person was here last. `decision`: what was
// decided of it, in a review.
export function RightsTable<R extends Right & { user: { email: string | null } }>({
  of,
  name,
  who,
  decision,
}: {
  of: readonly R[]
  name: (of: R) => string
  who: (of: R) => ReactNode
  decision?: (of: R) => ReactNode
}) {
  const { t } = useTranslation()
  return (
    <Table
      label={t('access.rights')}
      head={[
        t('access.who'),
        t('access.right'),
        t('access.given'),
        t('access.last_active'),
        ...(decision ? [t('access.decision')] : []),
      ]}
    >
      {of.map((one) => (
        <Row key={name(one)}>
          <Head>
            {who(one)}
            <span className="block text-xs wrap-anywhere text-soft"><Breakable text={one.user.email ?? ''} /></span>
          </Head>
          <Cell label={t('access.right')}>
            <RightName of={one} />
          </Cell>
          <Cell label={t('access.given')}>
            <RightGiven of={one} />
          </Cell>
          <Cell label={t('access.last_active')}>
            <LastActive of={one} />
          </Cell>
          {decision ? <Cell label={t('access.decision')}>{decision(one)}</Cell> : null}
        </Row>
      ))}
    </Table>
  )
}
