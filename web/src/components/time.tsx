import { useSyncExternalStore } from 'react'

import { useTranslation } from '@/i18n'
import { moment } from '@/moment'
import { onTick } from '@/ticks'

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

export function relative(iso: string, locale: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit)
  return format.format(0, 'minute')
}

// `full`: with the time of the clock beside it, where it is one to keep. `about`: it is known to within five
// minutes only, as when somebody was last active.
export function Time({ at, full: shown = false, about = false }: { at: string; full?: boolean; about?: boolean }) {
  const { t, language } = useTranslation()
  const ago = useSyncExternalStore(onTick, () => relative(at, language))
  const exact = moment(at, language, true)
  return (
    <time
      dateTime={at}
      title={about ? t('people.active_about', { at: exact }) : exact}
      className={shown ? undefined : 'lg:whitespace-nowrap'}
    >
      {ago}
      {shown ? ` (${moment(at, language, false)})` : null}
    </time>
  )
}
