import { useQuery } from '@tanstack/react-query'
import { type ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { me, organization } from '@/api/queries'
import { NotFoundText } from '@/components/not_found'
import { ProblemNotice } from '@/components/problem'

import { Frame } from './frame'
import { Paused } from './paused'

// An organization that one may not see and one that is not there look the same.
export function OrgFrame({ org, children }: { org: string; children: ReactNode }) {
  const { t } = useTranslation()
  const { data: account } = useQuery(me)
  const { data, error, refetch } = useQuery(organization(org))
  const known = account?.organizations.find((one) => one.slug === org || one.id === org)
  const name = data?.body.name ?? known?.name ?? t('nav.no_organization')
  const problem = error ? asProblem(error) : null
  if (problem?.status === 404)
    return (
      <Frame org={null} name={t('nav.no_organization')}>
        <NotFoundText was={data?.body.name} />
      </Frame>
    )
  return (
    <Frame org={org} name={name}>
      {data ? <Paused of={data.body} /> : null}
      {problem && !data ? <ProblemNotice problem={problem} retry={() => void refetch()} /> : children}
    </Frame>
  )
}
