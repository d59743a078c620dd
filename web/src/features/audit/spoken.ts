import type { Say } from './deed'

// A value of the log in words; null where it is one that people wrote, or has none.
export function spoken(name: string, of: unknown, { t, find }: Pick<Say, 't' | 'find'>): string | null {
  if (of === null) return t('stated.none')
  if (typeof of === 'boolean') return t(of ? 'stated.yes' : 'stated.no')
  if (typeof of !== 'string') return null
  const last = name.split('.').at(-1) ?? name
  if (name.startsWith('teams.') || last === 'role' || last === 'org_role') return find(`role.${of}`)
  if (last === 'feature') return find(`feature.${of}`)
  if (last === 'target_kind') return find(`kind.${of}`)
  if (last === 'action') return find(`act.${of}`)
  return last === 'state' || last === 'decision' || last === 'exposure' ? find(`stated.${of}`) : null
}
