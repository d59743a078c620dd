import { useQuery } from '@tanstack/react-query'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { useLive } from '@/api/live'
import { me, organization } from '@/api/queries'
import { NotFoundText } from '@/components/not_found'
import { Notice } from '@/components/notice'
import { Page } from '@/components/page'
import { UnreadPage } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { BeingDeleted } from '@/features/org/deleted'

import { atName } from './address'
import { Frame } from './frame'
import { Paused } from './paused'
import { placeOf } from './places'

// An organization that one may not see and one that is not there look the same.
export function OrgFrame({ org, children }: { org: string; children: ReactNode }) {
  const { t } = useTranslation()
  const router = useRouter()
  const { href, pathname } = useLocation()
  const { data: account } = useQuery(me)
  const { data, error, refetch } = useQuery(organization(org))
  const known = account?.organizations.find((one) => one.slug === org || one.id === org)
  const name = data?.body.name ?? known?.name ?? t('nav.no_organization')
  const problem = error ? asProblem(error) : null
  // On every page of it, for it ends with one's rights there and so tells of their end.
  const isIn = data !== undefined && problem?.status !== 404 && data.body.state !== 'deleting'
  useLive(isIn ? org : null)
  // At a name of before there is the organization itself, and nothing that it has.
  const slug = data && data.body.id !== org && data.body.slug !== org ? data.body.slug : null
  useEffect(() => {
    if (slug !== null) router.history.replace(atName(href, slug))
  }, [router, href, slug])
  if (problem?.status === 404)
    return (
      <Frame org={null} name={t('nav.no_organization')}>
        <BeingDeleted org={org} otherwise={<NotFoundText was={data?.body.name} what={t('not_found.organization')} />} />
      </Frame>
    )
  if (data?.body.state === 'deleting')
    return (
      <Frame org={null} name={name}>
        <BeingDeleted org={org} otherwise={<NotFoundText was={data.body.name} />} />
      </Frame>
    )
  const place = placeOf(pathname)
  const shown = () => {
    if (problem && !data) return <UnreadPage title={name} problem={problem} retry={() => void refetch()} />
    if (slug !== null) return <PageSkeleton />
    if (!data) return known && !place?.needs ? children : <PageSkeleton />
    if (place?.needs && !data.body.allowed_actions.includes(place.needs))
      return (
        <Page title={t(place.label)} of={data.body.name}>
          <Notice tone="info" title={t('frame.not_yours')}>
            <p>{t('frame.not_yours_text')}</p>
          </Notice>
        </Page>
      )
    return children
  }
  return (
    <Frame org={org} name={name}>
      {data ? <Paused of={data.body} /> : null}
      {shown()}
    </Frame>
  )
}
