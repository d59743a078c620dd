import { useMemo, useSyncExternalStore } from 'react'

import { locale, setLocale, type Locale } from '@/preferences'

import type { en } from './en'

export type Key = keyof typeof en
// A text whose form depends on a number stands as name_one and name_other, and is asked for by name.
export type Name = Key extends infer K ? (K extends `${infer Base}_${'one' | 'other'}` ? Base : K) : never

// The values of a text's {{places}}; `count` chooses its form too.
type Values = Record<string, string | number>

const load: Record<Locale, () => Promise<Record<string, string>>> = {
  en: async () => (await import('./en')).en,
  de: async () => (await import('./de')).de,
}

interface Spoken {
  language: Locale
  texts: Record<string, string>
}

let spoken: Spoken = { language: 'en', texts: {} }
const listeners = new Set<() => void>()

async function speak(language: Locale) {
  spoken = { language, texts: await load[language]() }
  for (const listener of listeners) listener()
}

export const startLanguage = () => speak(locale())

export async function switchLanguage(to: Locale): Promise<void> {
  await speak(to)
  setLocale(to)
}

export function said({ language, texts }: Spoken, name: string, values: Values = {}): string {
  const { count } = values
  const form =
    typeof count === 'number' ? `_${new Intl.PluralRules(language).select(count)}` : ''
  const text = texts[name + form] ?? texts[name] ?? name
  return text.replace(/\{\{(\w+)\}\}/g, (place, value: string) => String(values[value] ?? place))
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useTranslation() {
  const now = useSyncExternalStore(subscribe, () => spoken)
  return useMemo(
    () => ({
      t: (name: Name, values?: Values) => said(now, name, values),
      // For names that the server made up; nothing where there is no text for it.
      find: (name: string): string | null => now.texts[name] ?? null,
      language: now.language,
    }),
    [now],
  )
}
