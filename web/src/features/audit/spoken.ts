import { moment } from '@/moment'
import { sized } from '@/quantity'

import { hashOf } from './detail'
import type { Say } from './deed'

export type Names = Record<string, string>

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const moments = new Set(['expires_at', 'from', 'until'])
const teams = new Set(['team', 'in_team'])
// The words of the API's own, which are never what somebody wrote.
const stated = new Set(['decision', 'exposure', 'reason', 'state', 'told'])

const record = (value: unknown): Record<string, unknown> | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null

// A key that there are no words for, at least as words.
export const asWords = (name: string) => name.replaceAll('_', ' ')

// A name as the log has it of the API's own vocabulary; null where it is one that people wrote.
function keyword(last: string, of: string, { find, language }: Say): string | null {
  if (last === 'role' || last === 'org_role') return find(`role.${of}`)
  if (last === 'feature' || last === 'plan' || last === 'kind') return find(`${last}.${of}`)
  if (last === 'target_kind') return find(`kind.${of}`)
  if (last === 'action') return find(`act.${of}`)
  if (last === 'problem') return find(`why.${of}`)
  if (last === 'result') return find(`audit.${of}`)
  if (last === 'actor') return find(`audit.${of}`)
  if (last === 'locale') return new Intl.DisplayNames(language, { type: 'language' }).of(of) ?? null
  if (last === 'format') return of.toUpperCase()
  return stated.has(last) ? find(`stated.${of}`) : null
}

// What is told by its id, by the name that it has now.
function named(last: string, of: string, names: Names, { t }: Say): string {
  return names[of] ?? t(teams.has(last) ? 'deed.team_gone' : last === 'target_id' ? 'stated.gone' : 'deed.somebody')
}

// `role` of `team` for each of a list of them.
function rights(of: readonly unknown[], names: Names, say: Say): string {
  const told = of.map((one) => {
    const { team, role } = record(one) ?? {}
    return typeof team === 'string'
      ? [named('team', team, names, say), spoken('role', role, say, names)].filter((part) => part !== null).join(': ')
      : (spoken('', one, say, names) ?? String(one))
  })
  return told.length === 0 ? say.t('stated.none') : new Intl.ListFormat(say.language).format(told)
}

// A value of the log in words; null where it is one that people wrote, to be shown as it is.
export function spoken(name: string, of: unknown, say: Say, names: Names = {}): string | null {
  const { t, find, language } = say
  if (of === null || of === undefined) return t('stated.none')
  if (typeof of === 'boolean') return t(of ? 'stated.yes' : 'stated.no')
  if (typeof of === 'number') return new Intl.NumberFormat(language).format(of)
  if (Array.isArray(of)) return rights(of, names, say)
  const last = name.split('.').at(-1) ?? name
  const parts = record(of)
  if (parts) {
    if (hashOf(of) !== null) return null
    if (Object.keys(parts).length === 0) return t('stated.none')
    return Object.entries(parts)
      .map(([key, value]) => {
        const size = key === 'size' && typeof value === 'string' ? sized('memory', [value], language)[0] : null
        return `${find(`told.${key}`) ?? asWords(key)}: ${size ?? spoken(key, value, say, names) ?? String(value)}`
      })
      .join('; ')
  }
  if (typeof of !== 'string') return null
  if (of === '***') return t('stated.masked')
  if (of === '') return last === 'egress' ? t('deed.egress_closed') : t('stated.none')
  if (id.test(of)) return named(last, of, names, say)
  if (moments.has(last) && /^\d{4}-\d\d-\d\dT/.test(of)) return moment(of, language, false)
  const what = /(?:^|\.)(cpu|memory)\.(?:limit|request)$/.exec(name)?.[1]
  if (what === 'cpu' || what === 'memory') return sized(what, [of], language)[0] ?? null
  if (name.startsWith('teams.')) return find(`role.${of}`)
  return keyword(last, of, say)
}
