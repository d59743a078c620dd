import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Time } from '@/components/time'

type Deployment = Schemas['Deployment']

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-panel px-4 py-2.5">
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

export function Facts({ of }: { of: Deployment }) {
  const { t } = useTranslation()
  const mono = (text: string) => <span className="font-mono text-xs break-all">{text}</span>
  return (
    <dl className="grid gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-2 lg:grid-cols-3 sm:[&>*:last-child]:col-span-full">
      <Fact name={t('facts.url')}>
        {of.url === null ? (
          <span className="text-soft">{t('facts.internal')}</span>
        ) : of.cluster === 'simulated' ? (
          mono(of.url)
        ) : (
          <a href={of.url} target="_blank" rel="noreferrer noopener" className="link inline-flex items-baseline gap-1">
            {mono(of.url)}
            <ExternalLink aria-label={t('facts.new_tab')} size={13} className="shrink-0 self-center" />
          </a>
        )}
      </Fact>
      <Fact name={t('facts.host')}>{mono(of.internal_host)}</Fact>
      <Fact name={t('facts.revision')}>
        {of.revision}
        {of.serving_revision !== null && of.serving_revision !== of.revision ? (
          <span className="text-soft"> {t('facts.serving', { revision: of.serving_revision })}</span>
        ) : null}
      </Fact>
      <Fact name={t('facts.template')}>
        {of.template ? mono(of.template) : <span className="text-soft">{t('facts.image')}</span>}
      </Fact>
      <Fact name={t('facts.created')}>
        <Time at={of.created_at} />
        <span className="text-soft"> {t('facts.by', { name: of.created_by.name ?? t('people.former') })}</span>
      </Fact>
      <Fact name={t('deployments.changed')}>
        <Time at={of.updated_at} />
      </Fact>
      <Fact name={t('facts.namespace')}>{mono(of.namespace)}</Fact>
    </dl>
  )
}
