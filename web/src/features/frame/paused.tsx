import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Notice } from '@/components/notice'
import { Support } from '@/components/support'
import { Time } from '@/components/time'

// On every page of an organization that is suspended. Looking goes on, so the pages stay.
export function Paused({ of }: { of: Schemas['Organization'] }) {
  const { t } = useTranslation()
  if (!of.suspension || of.state !== 'suspended') return null
  return (
    <section aria-label={t('paused.title')} className="mb-6">
      <Notice tone="warn" title={t('paused.title')}>
        <p>{t('paused.reason', { reason: of.suspension.reason })}</p>
        <p>{t('paused.text')}</p>
        <Support />
        <p className="text-soft">
          {t('paused.since')} <Time at={of.suspension.since} />
        </p>
      </Notice>
    </section>
  )
}
