import { Languages, SunMoon } from 'lucide-react'
import { useState } from 'react'
import { switchLanguage, useTranslation } from '@/i18n'

import { languages, locales, setTheme, theme, themes, type Locale, type Theme } from '@/preferences'

const chooser =
  'min-h-8 rounded-md border border-transparent bg-transparent py-1 pr-1 pl-7 text-soft hover:border-line hover:text-ink [&>option]:bg-panel [&>option]:text-ink'

export function Preferences() {
  const { t, language } = useTranslation()
  const [now, setNow] = useState(theme())
  return (
    <div className="flex flex-wrap items-center gap-1">
      <span className="relative">
        <Languages aria-hidden size={15} className="absolute top-2 left-2 text-soft" />
        <select
          aria-label={t('preferences.language')}
          className={chooser}
          value={language}
          onChange={(event) => void switchLanguage(event.target.value as Locale)}
        >
          {locales.map((one) => (
            <option key={one} value={one} lang={one}>
              {languages[one]}
            </option>
          ))}
        </select>
      </span>
      <span className="relative">
        <SunMoon aria-hidden size={15} className="absolute top-2 left-2 text-soft" />
        <select
          aria-label={t('preferences.theme')}
          className={chooser}
          value={now}
          onChange={(event) => {
            const to = event.target.value as Theme
            setTheme(to)
            setNow(to)
          }}
        >
          {themes.map((one) => (
            <option key={one} value={one}>
              {t(`theme.${one}`)}
            </option>
          ))}
        </select>
      </span>
    </div>
  )
}
