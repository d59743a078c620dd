import { useTranslation } from '@/i18n'

// How much of a limit is in use, and how much more is about to be.
export function UseBar({
  label,
  used,
  limit,
  more = 0,
  text,
}: {
  label: string
  used: number
  limit: number
  more?: number
  // In the unit that people say it in.
  text: { used: string; limit: string }
}) {
  const { t } = useTranslation()
  const share = (amount: number) => (limit > 0 ? Math.min(Math.max(amount / limit, 0), 1) : 1) * 100
  const full = used + more > limit || used >= limit
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(used, limit)}
      aria-valuetext={t('usage.text', text)}
      className="h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      <svg aria-hidden preserveAspectRatio="none" viewBox="0 0 100 1" className="h-full w-full">
        <rect width={share(used + more)} height="1" className={`${full ? 'fill-warn' : 'fill-accent'} ${more > 0 ? 'opacity-45' : ''}`} />
        {more > 0 ? (
          <rect width={share(used)} height="1" className={full ? 'fill-warn' : 'fill-accent'} />
        ) : null}
      </svg>
    </div>
  )
}
