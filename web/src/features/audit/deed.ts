import type { Name } from '@/i18n'
import type { Schemas } from '@/api/client'

import { changesOf, hashOf, type Change } from './detail'
import { quantities } from './quantities'

type Row = Schemas['AuditRow']

export interface Say {
  t: (name: Name, values?: Record<string, string | number>) => string
  find: (name: string) => string | null
  language: string
}

// Of a long change so many fields are told; all of them stand in the row's details.
const toldMost = 3

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null
const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}

// What a row says in a sentence, of who stands beside it: which deed, and on whom.
// Null where there are no words for what the log tells; its action has some.
export function deedOf(row: Row, say: Say): string | null {
  const { t, find, language } = say
  const { names, target } = row
  const detail: Record<string, unknown> = row.detail
  const before = record(detail.before)
  const after = record(detail.after)
  const list = (words: string[]) => new Intl.ListFormat(language).format(words)

  const named = (id: unknown) => (typeof id === 'string' ? names[id] : undefined)
  const person = (id: unknown) => named(id) ?? t('deed.somebody')
  const invitee = named(target.id) ?? t('deed.invitee')
  const team = (id: unknown) => {
    const name = named(id)
    return name ? t('deed.team_named', { team: name }) : t('deed.team_gone')
  }
  // Within a sentence; in German they are nouns, and what is all capitals keeps them.
  const small = (word: string) =>
    language === 'de' || /^\p{Lu}{2}/u.test(word) ? word : word.charAt(0).toLowerCase() + word.slice(1)
  const role = (name: unknown) => {
    const said = find(`role.${String(name)}`)
    return said ? small(said) : String(name)
  }
  const who = person(target.id)

  const field = (name: string) => {
    const [head = '', ...rest] = name.split('.')
    if (head === 'teams' && rest.length === 1) return team(rest[0])
    const said = find(`told.${name}`) ?? find(`told.${rest.slice(-2).join('.')}`) ?? find(`told.${rest.at(-1) ?? ''}`)
    return said ? small(said) : (rest.at(-1) ?? name)
  }
  // Only what the log has in clear is told with its values, and only where it is short.
  const value = (of: unknown, name: string): string | null => {
    if (typeof of === 'number' || typeof of === 'boolean') return String(of)
    if (typeof of !== 'string' || of === '***' || of.length > 60) return null
    return name.includes('role') || name.startsWith('teams.') ? role(of) : of
  }
  const change = (one: Change): string => {
    const [before, after] = quantities(one, language) ?? [value(one.before, one.field), value(one.after, one.field)]
    const said = { field: field(one.field), before, after }
    if (hashOf(one.before) ?? hashOf(one.after)) return said.field
    // A list without a range closes all of it, and none opens all of it.
    if (one.field === 'egress') {
      if (one.after === undefined) return t('deed.egress_open')
      if (one.after === '') return t('deed.egress_closed')
      return said.after === null ? t('deed.egress_list') : t('deed.egress_to', { to: said.after })
    }
    if (said.before !== null && said.after !== null)
      return t('deed.change', { field: said.field, before: said.before, after: said.after })
    if (said.after !== null) return t('deed.new_value', { field: said.field, after: said.after })
    if (said.before !== null && one.after === undefined)
      return t('deed.no_value', { field: said.field, before: said.before })
    return said.field
  }
  const changes = changesOf(detail)
  const what = () => {
    // "1 more" would take the place of what it leaves out.
    const most = changes.length === toldMost + 1 ? toldMost + 1 : toldMost
    const told = changes.slice(0, most).map(change)
    const left = changes.length - told.length
    return list(left > 0 ? [...told, t('deed.more', { count: left })] : told)
  }

  const ofMember = (): string | null => {
    if ('left' in detail)
      return detail.left === true ? t('deed.left') : t('deed.member_removed', { who })
    if (Array.isArray(detail.teams)) {
      const teams = list(detail.teams.map((one) => team(record(one).team)))
      if (detail.org_role === undefined) return t('deed.teams_added', { who, teams })
      const as = role(detail.org_role)
      if (detail.reinstated === true) return t('deed.member_back', { who, role: as })
      return row.actor.id === target.id ? t('deed.joined_self', { role: as }) : t('deed.joined', { who, role: as })
    }
    if (detail.team !== undefined) {
      const of = { who, team: team(detail.team) }
      if (before.role === null) return t('deed.team_added', { ...of, role: role(after.role) })
      if (after.role === null) return t('deed.team_removed', of)
      return t('deed.team_role', { ...of, before: role(before.role), after: role(after.role) })
    }
    if (before.org_role === undefined || after.org_role === undefined) return null
    return t('deed.role', { who, before: role(before.org_role), after: role(after.org_role) })
  }

  const ofInvitation = (): string | null => {
    if (detail.told === 'seat_limit') return t('deed.full_told')
    if (detail.told !== undefined) return t('deed.asked_anew', { who: invitee })
    if (detail.resent !== undefined) return t('deed.invitation_resent', { who: invitee })
    if (detail.before === undefined) return t('deed.invited', { who: invitee, role: role(after.org_role) })
    const state = text(after.state)
    if (state === null) return t('deed.invitation_changed', { who: invitee, what: what() })
    const ends = ['accepted', 'declined', 'expired', 'revoked'] as const
    const end = ends.find((one) => one === state)
    return end ? t(`deed.invitation_${end}`, { who: invitee }) : null
  }

  const ofOffer = (): string | null => {
    const ends = ['open', 'accepted', 'declined', 'cancelled', 'expired'] as const
    const state = ends.find((one) => one === detail.state)
    // It went with something else, which is not the owner's doing.
    const causes = [
      'recipient_left', 'recipient_removed', 'organization_suspended', 'organization_deleted', 'owner_appointed',
    ] as const
    const cause = causes.find((one) => one === detail.reason)
    if (state === 'cancelled' && cause) return t(`deed.offer_ended_${cause}`, { to: person(detail.to) })
    // Nobody is said to have withdrawn it of whom the row does not tell that.
    if (state === 'cancelled' && detail.reason !== 'by_hand') return t('deed.offer_ended', { to: person(detail.to) })
    return state ? t(`deed.offer_${state}`, { from: person(detail.from), to: person(detail.to) }) : null
  }

  const ofReview = (): string | null => {
    if (detail.state === 'open') return t('deed.review_started')
    if (detail.state === 'finished') return t('deed.review_finished')
    const of = { who: person(detail.member) }
    return after.decision === 'removed' ? t('deed.review_removed', of) : t('deed.review_kept', of)
  }

  const ofDeployment = (): string | null => {
    const name = text(after.name) ?? text(before.name) ?? named(target.id) ?? t('deed.nameless')
    if (row.action === 'deployments:create') return t('deed.deployment_created', { name })
    if (row.action === 'deployments:delete') return t('deed.deployment_deleted', { name })
    if (row.action === 'deployments:restart') return t('deed.deployment_restarted', { name })
    if (row.action !== 'deployments:update') return null
    return changes.length > 0
      ? t('deed.deployment_changed', { name, what: what() })
      : t('deed.deployment_same', { name })
  }

  const ofOrganization = (): string | null => {
    switch (row.action) {
      case 'org:found':
        return t('deed.founded')
      case 'org:delete':
        return t('deed.org_deleted')
      case 'org:purge':
        return t('deed.org_purged')
      case 'org:update':
        return detail.restored === true ? t('deed.org_restored') : t('deed.org_changed', { what: what() })
      case 'orgs:suspend':
        return t(detail.suspended === true ? 'deed.org_suspended' : 'deed.org_resumed')
      case 'orgs:set_plan': {
        const [was, is] = [text(before.plan), text(after.plan)]
        const plan = (key: string) => find(`plan.${key}`) ?? key
        return was !== null && is !== null
          ? t('deed.plan', { before: plan(was), after: plan(is) })
          : t('deed.plan_anew')
      }
      case 'org:read': {
        const feature = text(detail.feature)
        return feature ? t('deed.limit_told', { feature: find(`feature.${feature}`) ?? feature }) : null
      }
      case 'members:manage':
        return detail.told === undefined ? null : t('deed.reminded')
      default:
        return null
    }
  }

  const ofTeam = (): string | null => {
    switch (row.action) {
      case 'teams:create':
        return t('deed.team_created', { team: team(target.id) })
      case 'teams:delete':
        return t('deed.team_deleted')
      case 'team:update':
        return t('deed.team_changed', { team: team(target.id), what: what() })
      default:
        return null
    }
  }

  if (row.result === 'denied') return null
  const format = String(detail.format).toUpperCase()
  switch (target.kind) {
    case 'member':
      return row.action === 'orgs:appoint_owner' ? t('deed.appointed', { who }) : ofMember()
    case 'invitation':
      return ofInvitation()
    case 'ownership_offer':
      return ofOffer()
    case 'access_review':
      return ofReview()
    case 'deployment':
      return ofDeployment()
    case 'organization':
      return ofOrganization()
    case 'team':
      return ofTeam()
    case 'access_export':
      return t('deed.access_exported', { format })
    case 'audit_export':
      return t('deed.audit_exported', { format })
    default:
      return null
  }
}

// What was refused: what somebody tried, called `deed` where there are no words of its own, and why
// it was refused, or a mere password to give again would look like a right that was missing.
export function triedOf(row: Row, deed: string, { t, find }: Pick<Say, 't' | 'find'>): string {
  const name = row.target.id === null ? undefined : row.names[row.target.id]
  const tried = find(`tried.${row.target.kind}`) ?? (name ? t('deed.tried_on', { deed, thing: name }) : deed)
  const why = find(`why.${String((row.detail as Record<string, unknown>).problem)}`)
  return why === null ? tried : t('deed.refused_for', { tried, why })
}
