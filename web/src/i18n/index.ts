import { useMemo, useSyncExternalStore } from 'react'

import { locale, setLocale, type Locale } from '@/preferences'

import type { appEn } from './app_en'
import type { en } from './en'
import { setFaults } from './faults'
import { setTold } from './told'

export type Key = keyof typeof en | keyof typeof appEn
// A text whose form depends on a number stands as name_one and name_other, and is asked for by name.
export type Name = Key extends infer K ? (K extends `${infer Base}_${'one' | 'other'}` ? Base : K) : never

// The values of a text's {{places}}; `count` chooses its form too.
type Values = Record<string, string | number>

type Texts = Record<string, string>

interface Entry {
  texts: Texts
  // By their codes.
  problems: Texts
  faults: readonly (readonly [RegExp, string])[]
}

// What the server says of a state, of the pages of who is signed in.
interface App {
  texts: Texts
  told: readonly (readonly [RegExp, string])[]
}

const load: Record<Locale, { entry: () => Promise<Entry>; app: () => Promise<App> }> = {
  en: {
    entry: async () => (await import('./entry_en')).entry,
    app: async () => ({ texts: (await import('./app_en')).appEn, told: [] }),
  },
  de: {
    entry: async () => (await import('./entry_de')).entry,
    app: async () => {
      const { appDe, toldDe } = await import('./app_de')
      return { texts: appDe, told: toldDe }
    },
  },
}

interface Spoken {
  language: Locale
  texts: Texts
  problems: Texts
}

let spoken: Spoken = { language: 'en', texts: {}, problems: {} }
const listeners = new Set<() => void>()

// Whether somebody is signed in, so that all of the texts are needed.
let inside = false

async function speak(language: Locale) {
  const { entry, app } = load[language]
  const [first, rest] = await Promise.all([entry(), inside ? app() : { texts: {}, told: [] }])
  setFaults(first.faults)
  setTold(rest.told)
  spoken = { language, texts: { ...first.texts, ...rest.texts }, problems: first.problems }
  for (const listener of listeners) listener()
}

export async function speakInside(): Promise<void> {
  if (inside) return
  inside = true
  await speak(spoken.language)
}

export const startLanguage = () => speak(locale())

export async function switchLanguage(to: Locale): Promise<void> {
  await speak(to)
  setLocale(to)
}

export function said({ language, texts }: Pick<Spoken, 'language' | 'texts'>, name: string, values: Values = {}): string {
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
      problem: (code: string): string | null => now.problems[code] ?? null,
      language: now.language,
    }),
    [now],
  )
}
