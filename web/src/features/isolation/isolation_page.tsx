import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { organization } from '@/api/queries'
import { Listing } from '@/components/listing'
import { Notice } from '@/components/notice'
import { Empty, Page, Panel, Section } from '@/components/page'

import { SandboxItem } from './sandbox'
import { Verdict } from './verdict'

const isolation = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'isolation'],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/isolation', {
          params: { org },
          query: { limit: 25, ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  })

export function IsolationPage({ org }: { org: string }) {
  const { t } = useTranslation()
  const { data: found } = useQuery(organization(org))
  const list = useInfiniteQuery(isolation(org))
  const look = list.data?.pages[0]
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title={t('isolation.title')}
      {...(found ? { of: found.body.name } : {})}
      lead={t('isolation.lead')}
    >
      {look?.cluster === 'simulated' && rows.length === 0 ? (
        <Notice tone="info">{t('isolation.simulated')}</Notice>
      ) : null}
      <Listing
        of={list}
        count={rows.length}
        empty={<Empty title={t('isolation.empty')} text={t('isolation.empty_text')} />}
      >
        <div className="flex flex-col gap-6">
          {look ? <Verdict of={look} whose="isolation" /> : null}
          <Section title={t('isolation.sandboxes')} lead={t('isolation.sandboxes_lead')}>
            <Panel>
              <ul className="divide-y divide-line">
                {rows.map((one) => (
                  <SandboxItem
                    key={one.id}
                    of={one}
                    cluster={look?.cluster ?? 'simulated'}
                    whose={one.user.name || t('people.former')}
                  />
                ))}
              </ul>
            </Panel>
          </Section>
        </div>
      </Listing>
    </Page>
  )
}
