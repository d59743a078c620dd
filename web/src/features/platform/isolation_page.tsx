import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { Choice } from '@/components/choice'
import { Listing } from '@/components/listing'
import { Notice } from '@/components/notice'
import { Empty, Page, Panel } from '@/components/page'
import { SandboxItem } from '@/features/isolation/sandbox'
import { Verdict } from '@/features/isolation/verdict'

import { allIsolation } from './queries'

export function PlatformIsolationPage({
  exposed,
  filter,
}: {
  exposed: boolean
  filter: (exposed: boolean) => void
}) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(allIsolation(exposed))
  const look = list.data?.pages[0]
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={t('isolation.title')} of={t('nav.platform')} lead={t('platform.isolation_lead')}>
      {look ? <Verdict of={look} whose="platform" /> : null}
      {look && look.unread.length > 0 ? (
        <Notice tone="warn" title={t('isolation.unread')}>
          <ul lang="en">
            {look.unread.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {look ? (
        <div className="flex">
          <Choice
            label={t('isolation.sandboxes')}
            value={exposed ? 'exposed' : 'all'}
            options={[
              { value: 'all', text: t('platform.all_sandboxes') },
              { value: 'exposed', text: t('platform.exposed_only') },
            ]}
            choose={(value) => filter(value === 'exposed')}
          />
        </div>
      ) : null}
      <Listing
        of={list}
        count={rows.length}
        empty={<Empty title={t('platform.isolation_empty')} text={t('platform.isolation_empty_text')} />}
      >
        <Panel>
          <ul className="divide-y divide-line">
            {rows.map((one) => (
              <SandboxItem
                key={one.id}
                of={one}
                cluster={look?.cluster ?? 'simulated'}
                whose={
                  <>
                    {one.org.name}{' '}
                    <span className="font-mono text-xs font-normal break-all text-soft">
                      {one.org.slug}
                    </span>
                  </>
                }
              />
            ))}
          </ul>
        </Panel>
      </Listing>
    </Page>
  )
}
