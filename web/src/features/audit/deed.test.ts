import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'
import { said, type Name } from '@/i18n'
import { appDe } from '@/i18n/app_de'
import { appEn } from '@/i18n/app_en'
import { de } from '@/i18n/de'
import { en } from '@/i18n/en'

import { deedOf, triedOf, type Say } from './deed'

type Row = Schemas['AuditRow']

const all: Record<'de' | 'en', Record<string, string>> = { de: { ...de, ...appDe }, en: { ...en, ...appEn } }

function speaker(language: 'en' | 'de'): Say {
  const texts = all[language]
  return {
    t: (name: Name, values) => said({ language, texts }, name, values),
    find: (name) => texts[name] ?? null,
    language,
  }
}

const bob = '01939f6e-4a00-7000-8000-00000000000b'
const ann = '01939f6e-4a00-7000-8000-00000000000a'
const core = '01939f6e-4a00-7000-8000-00000000000c'
const names = { [bob]: 'Bob', [ann]: 'Ann', [core]: 'Core' }

function row(action: string, kind: string, detail: Record<string, unknown>, id: string | null = bob): Row {
  return {
    seq: 1, at: '2026-03-01T10:00:00Z', actor: { kind: 'user', id: ann, name: 'Ann' }, address_hash: null, request_id: null,
    action: action as Row['action'], target: { kind, id }, result: 'done', detail: detail as Row['detail'], names, mac: '',
  }
}
const both = (of: Row) => [deedOf(of, speaker('en')), deedOf(of, speaker('de'))]

test('a deed on a person says which one, on whom, and what became of it', () => {
  const of = (detail: Record<string, unknown>, id = bob) => both(row('members:manage', 'member', detail, id))
  expect(of({ before: { org_role: 'org_member' }, after: { org_role: 'org_admin' } })).toEqual([
    'Changed the role of Bob from member to administrator',
    'Hat die Rolle von Bob geändert: Mitglied → Verwaltung',
  ])
  expect(of({ team: core, before: { role: null }, after: { role: 'viewer' } })[0]).toBe('Added Bob to team Core as viewer')
  expect(of({ team: core, before: { role: 'viewer' }, after: { role: null } })[0]).toBe('Removed Bob from team Core')
  expect(of({ team: core, before: { role: 'viewer' }, after: { role: 'team_admin' } })[0]).toBe(
    'Changed the role of Bob in team Core from viewer to team administrator',
  )
  expect(of({ before: { org_role: 'org_member', teams: [] }, after: null, left: false })[0]).toBe(
    'Removed Bob from the organization',
  )
  expect(of({ before: { org_role: 'org_member', teams: [] }, after: null, left: true })[0]).toBe('Left the organization')
  expect(of({ teams: [], org_role: 'org_member' })[0]).toBe('Added Bob as member')
  expect(of({ teams: [], org_role: 'org_member' }, ann)[0]).toBe('Joined as member')
  expect(of({ teams: [], org_role: 'org_member', reinstated: true })[0]).toBe('Took Bob back as member')
  expect(of({ teams: [{ team: core, role: 'viewer' }] })[0]).toBe('Added Bob to team Core')
  // Who has no name here any more.
  expect(of({ before: {}, after: null, left: false }, 'x')).toEqual([
    'Removed a former member from the organization',
    'Hat jemand von früher aus der Organisation entfernt',
  ])
  expect(both(row('orgs:appoint_owner', 'member', { before: null, after: bob }))[0]).toBe('Made Bob the owner')
})

test('invitations, offers and reviews say whose they are', () => {
  const invited = (detail: Record<string, unknown>, action = 'invitations:manage') =>
    deedOf({ ...row(action, 'invitation', detail, 'i'), names: { i: 'cy@example.com', [core]: 'Core' } }, speaker('en'))
  expect(invited({ after: { email: { hash: '5f' }, state: 'pending', org_role: 'org_member' } })).toBe(
    'Invited cy@example.com as member',
  )
  expect(invited({ before: {}, after: {}, resent: 1 })).toBe('Sent the invitation of cy@example.com again')
  expect(invited({ before: { state: 'pending' }, after: { state: 'revoked', reason: 'by_hand' } })).toBe(
    'Revoked the invitation of cy@example.com',
  )
  expect(invited({ before: {}, after: { [`teams.${core}`]: 'viewer' } })).toBe(
    'Changed the invitation of cy@example.com: team Core viewer',
  )
  expect(invited({ before: { state: 'pending' }, after: { state: 'accepted' } }, 'invitation:answer')).toBe(
    'Accepted the invitation of cy@example.com',
  )
  expect(both(row('org:transfer', 'ownership_offer', { from: ann, to: bob, state: 'open' }, 'o'))[0]).toBe(
    'Offered ownership to Bob',
  )
  const ended = (reason?: string) =>
    both(row('org:transfer', 'ownership_offer', { from: ann, to: bob, state: 'cancelled', reason }, 'o'))
  expect(ended('by_hand')[0]).toBe('Withdrew the offer of ownership to Bob')
  expect(ended('recipient_removed')).toEqual([
    'The offer of ownership to Bob ended: the person was removed',
    'Das Angebot der Inhaberschaft an Bob endete: die Person wurde entfernt',
  ])
  expect(ended('organization_deleted')[0]).toBe('The offer of ownership to Bob ended: the organization was deleted')
  for (const reason of [undefined, '', 'no_reason_yet'])
    expect(ended(reason)).toEqual(['The offer of ownership to Bob ended', 'Das Angebot der Inhaberschaft an Bob endete'])
  const review = (detail: Record<string, unknown>) => both(row('members:manage', 'access_review', detail, 'r'))[0]
  expect(review({ state: 'open' })).toBe('Started an access review')
  expect(review({ member: bob, before: { decision: 'pending' }, after: { decision: 'removed' } })).toBe(
    'Took the right of Bob away in the access review',
  )
})

test('a change says what of a thing, with values where the log has them', () => {
  const deployed = (action: string, detail: Record<string, unknown>) =>
    deedOf({ ...row(action, 'deployment', detail, 'd'), names: { d: 'web' } }, speaker('en'))
  expect(deployed('deployments:update', { before: { 'services.web.replicas': 1 }, after: { 'services.web.replicas': 2 } })).toBe(
    'Changed the deployment web: replicas from 1 to 2',
  )
  expect(
    deployed('deployments:update', {
      before: { 'services.web.env.KEY': '***', 'services.web.port': 80 },
      after: { 'services.web.env.KEY': '***', a: 1, b: 2, c: 3 },
    }),
  ).toBe('Changed the deployment web: KEY, port 80 taken away, a 1, and 2 more')
  // One that is left is told in the place of its count.
  expect(deployed('deployments:update', { before: {}, after: { a: 1, b: 2, c: 3, d: 4 } })).toBe(
    'Changed the deployment web: a 1, b 2, c 3, and d 4',
  )
  expect(
    deployed('deployments:update', {
      before: { 'services.web.cpu.limit': '250m', 'services.web.memory.limit': '512Mi' },
      after: { 'services.web.cpu.limit': '1', 'services.web.memory.limit': '2Gi' },
    }),
  ).toBe('Changed the deployment web: CPU at most from 0.25 CPU to 1 CPU and memory at most from 0.5 GiB to 2 GiB')
  expect(
    deployed('deployments:update', { before: { 'services.web.autoscale.cpu': 50 }, after: { 'services.web.autoscale.cpu': 70 } }),
  ).toBe('Changed the deployment web: CPU target in percent from 50 to 70')
  const egress = (detail: Record<string, unknown>) => both(row('org:update', 'organization', detail, 'x'))
  expect(egress({ after: { egress: '1.1.1.0/24 443' } })[0]).toBe('Changed the organization: internet limited to 1.1.1.0/24 443')
  expect(egress({ before: { egress: '1.1.1.0/24' }, after: { egress: '' } })[0]).toBe('Changed the organization: internet closed')
  expect(egress({ before: { egress: '' }, after: { egress: '9.9.9.9/32' } })[1]).toContain('Internet beschränkt auf 9.9.9.9/32')
  expect(egress({ before: { egress: '1.1.1.0/24' } })[0]).toBe('Changed the organization: internet opened')
  expect(egress({ after: { egress: '1.1.1.0/24; '.repeat(9) } })[0]).toBe('Changed the organization: internet limited to a list')
  // A name stays after the thing.
  expect(both(row('deployments:delete', 'deployment', { before: { name: 'old' } }, 'x'))[0]).toBe('Deleted the deployment old')
  expect(both(row('deployments:restart', 'deployment', {}, 'x'))[1]).toBe('Hat (gelöscht) neu gestartet')
  expect(both(row('org:update', 'organization', { before: { name: { hash: 'a' } }, after: { name: { hash: 'b' } } }, 'x'))[0]).toBe(
    'Changed the organization: name',
  )
  expect(both(row('orgs:set_plan', 'organization', { before: { plan: 'free' }, after: { plan: 'business', plan_version: 1 } }, 'x'))[0]).toBe(
    'Changed the plan from Free to Business',
  )
  // One that there are no words for.
  expect(both(row('orgs:set_plan', 'organization', { before: { plan: 'free' }, after: { plan: 'team' } }, 'x'))[0]).toBe(
    'Changed the plan from Free to team',
  )
  expect(both(row('teams:create', 'team', { after: {} }, core))).toEqual(['Created team Core', 'Hat Team Core angelegt'])
})

test('of a refusal, and of what it does not know, it says nothing of its own', () => {
  expect(deedOf({ ...row('org:update', 'organization', { route: 'PATCH' }), result: 'denied' }, speaker('en'))).toBeNull()
  expect(deedOf(row('x:y', 'thing', {}), speaker('en'))).toBeNull()
})

test('a refusal says what was tried and why it was refused', () => {
  const tried = (kind: string, action: string, detail: Record<string, unknown>, id: string | null = null) =>
    (['en', 'de'] as const).map((language) => {
      const { t, find } = speaker(language)
      return triedOf({ ...row(action, kind, detail, id), result: 'denied' }, find(`act.${action}`) ?? action, { t, find })
    })
  expect(tried('audit_export', 'audit:read', { problem: 'feature_not_in_plan' })).toEqual([
    'Export the audit log – refused: the plan does not include it',
    'Protokoll exportieren – abgelehnt: der Tarif enthält es nicht',
  ])
  expect(tried('organization', 'org:delete', { problem: 'reauthentication_required' })).toEqual([
    'Delete or restore the organization – refused: only the password had to be given again first',
    'Organisation löschen oder wiederherstellen – abgelehnt: nur das Passwort war vorher noch einmal anzugeben',
  ])
  expect(tried('team', 'team:update', { problem: 'permission_denied' }, core)[0]).toBe(
    'Change a team: Core – refused: the role does not allow it',
  )
  // What it has no words for is in the details of the row.
  expect(tried('team', 'team:update', { problem: 'some_new_one' }, core)[0]).toBe('Change a team: Core')
})
