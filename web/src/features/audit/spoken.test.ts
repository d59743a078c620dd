import { readFileSync } from 'node:fs'

import { expect, test, vi } from 'vitest'

import { auditActions } from '@/api/made/audit'
import { said as filled } from '@/i18n'
import { appDe } from '@/i18n/app_de'
import { appEn } from '@/i18n/app_en'
import { de } from '@/i18n/de'
import { en } from '@/i18n/en'

import { changesOf, factsOf, hashOf, plain } from './detail'
import { spoken } from './spoken'
import { fieldText } from './words'

// Which region a time is said for.
vi.stubGlobal('navigator', { languages: [] })

const texts = { en: { ...en, ...appEn } as Record<string, string>, de: { ...de, ...appDe } as Record<string, string> }
type Language = keyof typeof texts
const saying = (language: Language) => ({
  language,
  t: (name: string, values?: Record<string, string | number>) => filled({ language, texts: texts[language] }, name, values),
  find: (name: string) => texts[language][name] ?? null,
})
const say = (language: Language, names: Record<string, string> = {}) => (name: string, of: unknown) =>
  spoken(name, of, saying(language), names)

const ann = '01939f2e-7c1a-7000-8000-0000000000a1'
const bob = '01939f2e-7c1a-7000-8000-0000000000b1'
const web = '01939f2e-7c1a-7000-8000-0000000000d1'
const gone = '01939f2e-7c1a-7000-8000-0000000000ff'
const names = { [ann]: 'Ann', [bob]: 'Bob', [web]: 'Web team' }

test('what the log holds in its own keys is told in words, what people wrote as it is', () => {
  const english = say('en', names)
  expect(english('left', true)).toBe('yes')
  expect(english('role', null)).toBe('none')
  expect(english('org_role', 'org_admin')).toBe('Administrator')
  expect(english('teams.0193', 'developer')).toBe('Developer')
  expect(english('feature', 'replicas.max')).toBe('Replicas of a service')
  expect(english('state', 'cancelled')).toBe('ended')
  expect(english('services.web.exposure', 'internal')).toBe('internal')
  expect(english('services.web.env.NAME', 'open')).toBeNull()
  expect(english('name', 'accepted')).toBeNull()
  expect(english('services.web.replicas', 3)).toBe('3')
  expect(say('de')('state', 'pending')).toBe('ausstehend')
  expect(english('teams', [{ team: web, role: 'developer' }, { team: gone, role: 'team_admin' }])).toBe(
    'Web team: Developer and a deleted team: Team administrator',
  )
  expect(english('from', ann)).toBe('Ann')
  expect(english('to', gone)).toBe('a former member')
  expect(english('services.web.volumes.data', { path: '/data', size: '1073741824' })).toBe('Path: /data; Size: 1 GiB')
  expect(english('services.web.memory.limit', '128Mi')).toBe('128 MiB')
})

test('each state of an invitation and of an offer has words', () => {
  const contract = readFileSync('../api/openapi.yaml', 'utf8')
  const states = new Set(
    [...contract.matchAll(/^ {8}state: \{ enum: \[([^\]]+)\]/gm)].flatMap(([, list = '']) => list.split(', ')),
  )
  expect(states.size).toBeGreaterThan(4)
  const missing = (language: Language) => [...states].filter((one) => say(language)('state', one) === null)
  expect(missing('de')).toEqual(missing('en'))
  for (const state of ['open', 'pending', 'accepted', 'declined', 'cancelled', 'expired', 'revoked'])
    expect(say('de')('state', state), state).not.toBeNull()
})

const hash = { hash: '5f2c9a1b7d3e4f60' }
const at = '2026-11-27T14:05:00Z'
const invitation = {
  email: hash, state: 'pending', org_role: 'org_member', expires_at: at, locale: 'de', [`teams.${web}`]: 'developer',
}
const service = {
  'services.web.image': 'nginx:1', 'services.web.replicas': 2, 'services.web.port': 80,
  'services.web.args.0': '***', 'services.web.env.SOME_NAME': '***', 'services.web.cpu.limit': '250m',
  'services.web.cpu.request': '100m', 'services.web.memory.limit': '128Mi', 'services.web.memory.request': '64Mi',
  'services.web.health_path': '/up', 'services.web.health_query': '***',
  'services.web.volumes.data': { path: '/data', size: '1Gi' }, 'services.web.writable./tmp': true,
  'services.web.run_as': { uid: 1000, gid: 1000 }, 'services.web.autoscale.min': 1,
  'services.web.autoscale.max': 4, 'services.web.autoscale.cpu': 70,
}
const counts = { state: 'open', rights: 3, confirmed: 1, removed: 1, changed: 0, undecided: 1 }

// What the program writes for each action, in every form that it has.
const written: Record<(typeof auditActions)[number], Record<string, unknown>[]> = {
  'audit:read': [
    { format: 'csv', filter: {} },
    {
      format: 'json',
      filter: {
        actor: ann, action: 'orgs:appoint_owner', target_kind: 'ownership_offer', target_id: gone, result: 'denied', from: at, until: at,
      },
    },
    { format: 'json', filter: { actor: 'system' } },
  ],
  'deployments:create': [{ after: { name: 'web', exposure: 'public', template: 'nginx', ingress_service: 'web', ...service } }],
  'deployments:delete': [{ before: { name: 'web', exposure: 'internal', ...service } }],
  'deployments:restart': [{}],
  'deployments:update': [{ before: { 'services.web.replicas': 1 }, after: service, more: 12 }],
  'invitation:answer': [
    { before: { state: 'pending' }, after: { state: 'accepted', member: bob } },
    { told: 'seat_limit' },
    { told: 'invitation_wanted' },
  ],
  'invitations:manage': [
    { after: invitation },
    { before: { state: 'pending' }, after: { state: 'revoked', reason: 'inviter_lost_right' } },
    { before: {}, after: { expires_at: at }, resent: 2 },
    { before: { state: 'pending' }, after: { state: 'revoked', reason: 'organization_deleted' } },
  ],
  'invitations:read': [],
  'members:manage': [
    { before: { org_role: 'org_member' }, after: { org_role: 'org_admin' } },
    { teams: [{ team: web, role: 'developer' }], org_role: 'org_member', reinstated: true },
    { teams: [], org_role: 'org_admin' },
    { team: gone, before: { role: null }, after: { role: 'viewer' } },
    { left: true, before: { org_role: 'org_member', teams: [{ team: gone, role: 'viewer' }] } },
    { left: false, before: { org_role: 'org_member', teams: [] } },
    { told: 'access_review', administrators: 2, people: 12, rights: 30, inactive: 4 },
  ],
  'members:read': [
    { format: 'csv', only_inactive: true, team: web },
    counts,
    { row: 3, member: gone, in_team: web, role: 'team_admin', before: { decision: 'open' }, after: { decision: 'removed' }, team: web },
    { row: 3, member: ann, in_team: null, role: 'org_owner', before: { decision: 'kept' }, after: { decision: 'open' } },
  ],
  'org:delete': [{}],
  'org:found': [{ after: { name: hash, slug: hash, plan: 'free' } }],
  'org:purge': [{}],
  'org:read': [{ told: 'limit_reached', feature: 'deployments.max' }],
  'org:transfer': ['open', 'accepted', 'declined', 'expired'].map((state): Record<string, unknown> => ({ from: ann, to: gone, state })).concat(
    ['by_hand', 'recipient_left', 'recipient_removed', 'organization_suspended', 'organization_deleted', 'owner_appointed'].map(
      (reason) => ({ from: ann, to: bob, state: 'cancelled', reason }),
    ),
  ),
  'org:update': [
    { restored: true },
    { before: { name: hash, slug: hash }, after: { name: hash, slug: hash, egress: '' } },
    { before: {}, after: { egress: '9.9.9.9/32' } },
  ],
  'orgs:appoint_owner': [{ before: null, after: ann }, { before: gone, after: bob }],
  'orgs:set_plan': [{ before: { plan: 'free' }, after: { plan: 'business', plan_version: 3 } }],
  'orgs:suspend': [{ suspended: true, reason: hash }, { suspended: false }],
  'team:update': [{ before: { name: hash }, after: { name: hash, slug: hash, description: hash } }],
  'teams:create': [{ after: { name: hash, slug: hash, description: hash } }],
  'teams:delete': [{ before: { name: hash, slug: hash, description: hash }, deployments: 2 }],
}

// Everything that can be refused may be so for each of these.
const refusals = ['permission_denied', 'plan_limit_reached', 'feature_not_in_plan', 'org_suspended', 'reauthentication_required'].map(
  (problem): Record<string, unknown> => ({
    route: 'GET /api/v1/orgs/{org}/usage',
    problem,
    ...(problem === 'plan_limit_reached' || problem === 'feature_not_in_plan' ? { feature: 'members.max' } : {}),
    ...(problem === 'permission_denied' ? { left_out: 3, team: gone } : {}),
  }),
)

// Names of fields and values, as the dialog of a row shows them.
function shown(detail: Record<string, unknown>, language: Language): string[] {
  const value = (name: string, of: unknown) =>
    of === undefined || hashOf(of) !== null ? '' : (spoken(name, of, saying(language), names) ?? plain(of))
  return [
    ...factsOf(detail).flatMap(([name, of]) => [fieldText(name, names, saying(language)), value(name, of)]),
    ...changesOf(detail).flatMap(({ field, before, after }) => [
      fieldText(field, names, saying(language)),
      value(field, before),
      value(field, after),
    ]),
  ]
}

// What people called something may look like anything.
const isRaw = (text: string) =>
  /[{}[\]"]|[0-9a-f]{8}-[0-9a-f]{4}|\b[a-z]+_[a-z_]+\b|undefined|\*\*\*|\d{4}-\d\d-\d\dT/.test(
    text.replace(/^GET \/api\/v1\/orgs\/\{org\}\/usage$/, ''),
  )

test.each(['en', 'de'] as const)('no row of the log has a raw value on the page, in %s', (language) => {
  expect(Object.keys(written).sort()).toEqual([...auditActions].sort())
  const raw = Object.entries(written).flatMap(([action, details]) =>
    [...details, ...refusals].flatMap((detail) =>
      shown(detail, language)
        .filter(isRaw)
        .map((text) => `${action}: ${text}`),
    ),
  )
  expect([...new Set(raw)]).toEqual([])
})

test('a German page tells what the log holds in German', () => {
  const german = Object.values(written).flatMap((details) =>
    [...details, ...refusals].flatMap((detail) => shown(detail, 'de')),
  )
  const english = new Set(
    Object.keys(texts.en)
      .filter((name) => /^(?:told|stated|why|role|feature)\./.test(name) && texts.en[name] !== texts.de[name])
      .map((name) => texts.en[name]),
  )
  expect([...new Set(german.filter((text) => english.has(text)))]).toEqual([])
})
