import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { ListSkeleton } from '@/components/listing'
import { Notice } from '@/components/notice'
import { Page, Panel, Section } from '@/components/page'
import { Pill } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'
import { Verdict } from '@/features/isolation/verdict'
import { simulated } from '@/preferences'

import { allIsolation, readiness } from './queries'

function Parts() {
  const { t, find } = useTranslation()
  const { data, error, refetch } = useQuery(readiness)
  if (!data)
    return error ? (
      <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
    ) : (
      <ListSkeleton />
    )
  const ready = data.status === 'ready'
  return (
    <div className="flex flex-col gap-3">
      <Notice tone={ready ? 'good' : 'danger'} title={t(ready ? 'platform.ready' : 'platform.unready')} />
      <Panel>
        <ul className="divide-y divide-line">
          {Object.entries(data.checks).map(([part, state]) => (
            <li key={part} className="flex min-h-12 items-center justify-between gap-4 px-4 py-2">
              <span>{find(`platform.part_${part}`) ?? part}</span>
              <Pill tone={state === 'ok' ? 'good' : 'danger'}>{t(`platform.part_${state}`)}</Pill>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}

// When the cluster was looked at last, and whether all of it could be read.
function Looks() {
  const list = useInfiniteQuery(allIsolation(false))
  const look = list.data?.pages[0]
  if (!look)
    return list.error ? (
      <ProblemNotice problem={asProblem(list.error)} retry={() => void list.refetch()} />
    ) : (
      <ListSkeleton />
    )
  return <Verdict of={look} whose="platform" />
}

export function ClusterPage() {
  const { t } = useTranslation()
  const kind = simulated() ? 'simulated' : 'kubernetes'
  return (
    <Page title={t('platform.cluster')} of={t('nav.platform')} lead={t('platform.cluster_lead')}>
      <Notice tone={simulated() ? 'warn' : 'info'} title={t(`cluster.${kind}`)}>
        <p>{t(`cluster.${kind}_text`)}</p>
      </Notice>
      <Section title={t('platform.parts')}>
        <Parts />
      </Section>
      <Section title={t('platform.look')}>
        <Looks />
      </Section>
    </Page>
  )
}
