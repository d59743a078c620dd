import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'

import { namelessOf } from './actor'

type Row = Schemas['AuditRow']

const ann = '01939f6e-4a00-7000-8000-00000000000a'
const bob = '01939f6e-4a00-7000-8000-00000000000b'

const of = (action: string, detail: object = {}, target: string | null = bob, kind: Row['actor']['kind'] = 'user') =>
  namelessOf({
    seq: 1, at: '2026-03-01T10:00:00Z', actor: { kind, id: ann, name: null }, address_hash: null, request_id: null,
    action: action as Row['action'], target: { kind: 'member', id: target }, result: 'done', detail: detail as Row['detail'],
    names: {}, mac: '',
  })

test('administrators of the installation are told from former members by what was done', () => {
  expect(of('orgs:suspend')).toBe('audit.platform')
  expect(of('orgs:set_plan')).toBe('audit.platform')
  expect(of('orgs:appoint_owner')).toBe('audit.platform')
  expect(of('teams:create')).toBe('audit.former')
  expect(of('members:manage', { left: true }, ann)).toBe('audit.former')
})

test('what ends with a suspension or with another owner is theirs too, and who is appointed comes in by them', () => {
  expect(of('invitations:manage', { after: { state: 'revoked', reason: 'organization_suspended' } })).toBe('audit.platform')
  expect(of('invitations:manage', { after: { state: 'revoked', reason: 'by_hand' } })).toBe('audit.former')
  expect(of('org:transfer', { from: bob, to: ann, state: 'cancelled', reason: 'owner_appointed' })).toBe('audit.platform')
  expect(of('org:transfer', { from: bob, to: ann, state: 'cancelled' })).toBe('audit.platform')
  expect(of('org:transfer', { from: ann, to: bob, state: 'cancelled' })).toBe('audit.former')
  expect(of('org:transfer', { from: bob, to: ann, state: 'cancelled', reason: 'recipient_left' })).toBe('audit.former')
  expect(of('members:manage', { teams: [], org_role: 'org_admin' })).toBe('audit.platform')
  expect(of('members:manage', { teams: [], org_role: 'org_member', reinstated: true })).toBe('audit.former')
  expect(of('members:manage', { teams: [], org_role: 'org_member' }, ann)).toBe('audit.former')
})

test('whoever answered an invitation was invited; the system and holders of a link are themselves', () => {
  expect(of('invitation:answer')).toBe('audit.invited')
  expect(of('invitation:answer', {}, bob, 'anonymous')).toBe('audit.anonymous')
  expect(of('org:purge', {}, null, 'system')).toBe('audit.system')
})
