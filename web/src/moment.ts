// English that names no region: days before months, as everywhere but in one country.
const usual: Record<string, string> = { en: 'en-GB', de: 'de-DE' }

// The region that the reader's browser asks for with this language.
export function region(language: string, asked: readonly string[] = navigator.languages): string {
  const found = asked.find((one) => one.startsWith(`${language}-`))
  return found ?? usual[language] ?? language
}

// A day and a time of it, on a clock of 24 hours; `exact`: to the second, with the time zone.
export function moment(iso: string, language: string, exact: boolean, asked?: readonly string[]): string {
  return new Intl.DateTimeFormat(region(language, asked), {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(exact ? { second: '2-digit', timeZoneName: 'short' } : {}),
  }).format(new Date(iso))
}
