import { auditActions } from '@/api/made/audit'
import type { Schemas } from '@/api/client'
import { useTranslation } from '@/i18n'

import { deedOf, triedOf, type Say } from './deed'
import { asWords, spoken, type Names } from './spoken'

const kinds = [
  'access_export', 'access_review', 'audit_export', 'deployment', 'invitation', 'member', 'organization',
  'ownership_offer', 'team',
]

// A field of the log: of a service with its name, of a team with that.
export function fieldText(name: string, names: Names, { t, find }: Pick<Say, 't' | 'find'>): string {
  const [head = '', of = '', what = '', ...rest] = name.split('.')
  if (head === 'teams' && of) return `${t('kind.team')}: ${names[of] ?? t('deed.team_gone')}`
  if (head !== 'services' || !what) return find(`told.${name}`) ?? asWords(name)
  const said = find(`told.${[what, ...rest].join('.')}`)
  const kind = find(`told.${what}`)
  return `${of}: ${said ?? (kind ? [kind, rest.join('.')].join(' ') : [what, ...rest].join('.'))}`
}

// What is in the log in words; by its own name where there are none.
export function useWords() {
  const { t, find, language } = useTranslation()
  const action = (name: string) => find(`act.${name}`) ?? name
  const kind = (name: string) => find(`kind.${name}`) ?? name
  // To choose from, in the order of the words; with those of the page that are not among them.
  const choices = (known: readonly string[], seen: readonly string[], said: (name: string) => string) =>
    [...new Set([...known, ...seen])]
      .map((value) => ({ value, text: said(value) }))
      .sort((a, b) => a.text.localeCompare(b.text, language))
  const target = ({ target, names }: Schemas['AuditRow']) => (target.id === null ? null : (names[target.id] ?? null))
  return {
    action,
    // What was done on whom; of what was refused, what was tried.
    deed: (row: Schemas['AuditRow']) => {
      const said = deedOf(row, { t, find, language })
      if (said !== null) return said
      if (row.result === 'denied') return triedOf(row, action(row.action), { t, find })
      const name = target(row)
      return name ? t('deed.tried_on', { deed: action(row.action), thing: name }) : action(row.action)
    },
    // Why something was refused; null where there are no words for it.
    problem: (code: unknown) => find(`why.${String(code)}`),
    target,
    kind,
    field: (name: string, names: Names = {}) => fieldText(name, names, { t, find }),
    value: (name: string, of: unknown, names: Names) => spoken(name, of, { t, find, language }, names),
    // Those that the log can hold, and the one that the address asks for.
    actions: (asked: string | undefined) => choices(auditActions, asked ? [asked] : [], action),
    kinds: (seen: readonly string[]) => choices(kinds, seen, kind),
  }
}
