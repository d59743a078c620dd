import { useTranslation } from '@/i18n'

import { product, simulated } from '@/preferences'

import { Pill } from './pill'

// Whose pages these are; and, on every one of them, that the cluster is not real where it is not.
export function Mark({ named = true }: { named?: boolean }) {
  const { t } = useTranslation()
  return (
    <span
      className={`inline-flex shrink-0 items-center gap-x-2.5 gap-y-1 ${named ? 'flex-wrap' : ''}`}
    >
      <svg aria-hidden viewBox="0 0 32 32" className="size-6 shrink-0">
        <rect width="32" height="32" rx="6" className="fill-accent" />
        <g className="fill-accent-ink">
          <rect x="6" y="8" width="12" height="4" rx="1" />
          <rect x="10" y="14" width="16" height="4" rx="1" />
          <rect x="6" y="20" width="8" height="4" rx="1" />
        </g>
      </svg>
      {named ? <span className="font-semibold">{product()}</span> : null}
      {simulated() ? (
        <span title={t('cluster.simulated_text')}>
          <Pill tone="warn">{t('cluster.simulated')}</Pill>
        </span>
      ) : null}
    </span>
  )
}
