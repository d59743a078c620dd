// What this browser was told to use. The server reads both cookies and writes them into the
// document, so that nothing flashes.
export type Theme = 'light' | 'dark' | 'system'
export type Locale = 'en' | 'de'

export const themes: readonly Theme[] = ['system', 'light', 'dark']
export const locales: readonly Locale[] = ['en', 'de']
// Each language by its own name, whatever the page speaks.
export const languages: Record<Locale, string> = { en: 'English', de: 'Deutsch' }

const year = 365 * 24 * 3600

// With the prefix no other host of the domain can set it, and browsers take it with Secure only.
export function cookie(name: string, value: string, protocol: string): string {
  const secure = protocol === 'https:'
  return `${secure ? '__Host-' : ''}${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure ? '; Secure' : ''}`
}

function keep(name: string, value: string) {
  document.cookie = cookie(name, value, window.location.protocol)
}

const root = () => document.documentElement

export function theme(): Theme {
  const given = root().dataset.theme
  return given === 'light' || given === 'dark' ? given : 'system'
}

export function setTheme(to: Theme) {
  root().dataset.theme = to
  keep('theme', to)
}

export function locale(): Locale {
  return root().lang === 'de' ? 'de' : 'en'
}

export function setLocale(to: Locale) {
  root().lang = to
  keep('locale', to)
}

// Nothing that is deployed here really runs.
export const simulated = () => root().dataset.cluster === 'simulated'

// Nothing can be made of the address, so there is no page of it to look for.
export const unreadable = () => root().dataset.fault === 'unreadable'

// How to reach whoever runs this installation; each may be missing.
export const support = () => ({
  mail: root().dataset.supportMail || null,
  url: root().dataset.supportUrl || null,
})

export const product = () => root().dataset.product ?? ''
