import { useTranslation } from '.'

import type { Fault, Problem } from '@/api/client'

import { problemsDe } from './problems_de'
import { problemsEn } from './problems_en'

// What the server says of a fault is English; what it says often is said in the page's language.
const faults: [RegExp, string][] = [
  [/^must have at least (\d+) characters$/, 'Muss mindestens $1 Zeichen haben.'],
  [/list of common passwords/, 'Steht auf der Liste häufiger Passwörter; wählen Sie ein anderes.'],
  [/^must have at most (\d+) characters$/, 'Darf höchstens $1 Zeichen haben.'],
  [/^must not be empty$/, 'Darf nicht leer sein.'],
  [/^may only have lower-case letters, digits and '-'$/, 'Nur Kleinbuchstaben, Ziffern und Bindestriche.'],
  [/^must start and end with a letter or digit$/, 'Beginnt und endet mit einem Buchstaben oder einer Ziffer.'],
  [/^must be an image reference/, 'Muss ein Image sein, etwa docker.io/library/redis:7.'],
  [/^must be a quantity/, 'Muss eine Menge sein, etwa 500m, 1 oder 256Mi.'],
  [/must start with a letter or '_'/, 'Der Name beginnt mit einem Buchstaben oder _; danach gehen auch Ziffern.'],
  [/^cannot be public without a port$/, 'Ohne Port kann es nicht von überall erreichbar sein.'],
  [/domain in ASCII/, 'Die Domain muss in ASCII stehen, in der Form, die mit xn-- beginnt.'],
  [/^must be an e-mail address/, 'Muss eine E-Mail-Adresse sein, etwa anna@example.com.'],
  [/^must not look like an id$/, 'Darf nicht wie eine Kennung aussehen.'],
  [/^is taken$/, 'Ist schon vergeben.'],
  [/domain with a dot/, 'Braucht eine Domain mit einem Punkt.'],
  [/^must be the address that the link was sent to$/, 'Muss die Adresse sein, an die der Link ging.'],
  [/^is the address of your account already$/, 'Ist schon die Adresse Ihres Kontos.'],
]

export function faultText(fault: Fault, language: string): string {
  if (language !== 'de')
    return fault.message.charAt(0).toUpperCase() + fault.message.slice(1) + '.'
  for (const [said, german] of faults) {
    const found = said.exec(fault.message)
    if (found) return german.replace('$1', found[1] ?? '')
  }
  return 'Das geht so nicht; bitte prüfen.'
}

// How long, in the unit in which people say it.
export function waitText(
  seconds: number,
): ['problem.wait' | 'problem.wait_minutes' | 'problem.wait_hours', { count: number }] {
  if (seconds < 120) return ['problem.wait', { count: seconds }]
  if (seconds < 7200) return ['problem.wait_minutes', { count: Math.ceil(seconds / 60) }]
  return ['problem.wait_hours', { count: Math.ceil(seconds / 3600) }]
}

// A problem in a sentence, by its code; the server's own words where there is none for it.
export function useProblemText(): (problem: Problem) => string {
  const { t, language } = useTranslation()
  const known: Record<string, string> = language === 'de' ? problemsDe : problemsEn
  return (problem) => {
    if (problem.status === 0) return t('problem.offline')
    if (problem.code === 'too_many_requests' && problem.retryAfter)
      return t(...waitText(problem.retryAfter))
    if (problem.code === 'plan_limit_reached' && problem.body.feature === 'free_orgs.max')
      return t('limit.free_orgs')
    return known[problem.code] ?? (problem.message || t('problem.unknown'))
  }
}
