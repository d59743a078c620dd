import { useTranslation } from '@/i18n'

import type { Live } from '@/api/live'
import { Pill } from '@/components/pill'

// Nothing while what is shown is live.
export function LiveMark({ live }: { live: Live }) {
  const { t } = useTranslation()
  return (
    <span role="status">
      {live === 'lost' ? <Pill tone="warn">{t('live.lost')}</Pill> : null}
    </span>
  )
}
