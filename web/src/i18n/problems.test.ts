import { readFileSync } from 'node:fs'

import { afterEach, expect, test } from 'vitest'

import { detailText } from './problems'
import { setTold, toldText } from './told'
import { toldDe } from './told_de'

afterEach(() => setTold([]))

const offer = (message: string) => ({ code: 'offer_closed', message })

test('what became of an offer is said, and when', () => {
  const withdrawn = 'The offer was withdrawn on 2026-11-27 at 14:05 UTC.'
  expect(detailText(offer(withdrawn), 'en')).toBe(withdrawn)
  setTold(toldDe)
  expect(detailText(offer(withdrawn), 'de')).toBe('Das Angebot wurde am 27.11.2026 um 14:05 Uhr (UTC) zurückgezogen.')
  expect(detailText(offer('The offer expired on 2026-01-02 at 03:04 UTC.'), 'de')).toBe(
    'Das Angebot ist am 02.01.2026 um 03:04 Uhr (UTC) abgelaufen.',
  )
  expect(detailText(offer('The offer was withdrawn on 2026-01-02 at 03:04 UTC: the person left.'), 'de')).toBe(
    'Das Angebot wurde am 02.01.2026 um 03:04 Uhr (UTC) zurückgezogen: Die Person ist ausgetreten.',
  )
})

test('whatever the server says of an offer that is closed is said in German', () => {
  const text = readFileSync('../src/app/ownership.cpp', 'utf8')
  const whys = [...text.matchAll(/return "(: [^"]+)";/g)].map(([, why]) => why)
  const ends = [...text.matchAll(/"(The offer [^"]+)"/g)].map(([, end]) => end ?? '')
  expect(whys.length).toBeGreaterThan(4)
  expect(ends.length).toBeGreaterThan(4)
  for (const end of ends)
    for (const why of end.includes('{}') ? ['', ...whys] : ['']) {
      const when = ' on 2026-01-02 at 03:04 UTC'
      const said = `${end.includes('{}') ? end.replace('{}{}', when + why) : end.includes('not open') ? end : end + when}.`
      const german = toldText(said, toldDe)
      expect(german, said).not.toBeNull()
      expect(german).not.toMatch(/\b(?:the|was|on|UTC:)\b/i)
    }
})

test('a detail that says more than its code is said in German, and what is not known of it is left', () => {
  setTold(toldDe)
  const german = (code: string, message: string) => detailText({ code, message }, 'de')
  for (const state of ['accepted', 'declined', 'revoked', 'expired'])
    expect(german('invitation_closed', `The invitation is ${state} already.`)).toMatch(/^Diese Einladung (wurde|ist) schon/)
  expect(german('team_not_empty', 'The team has 3 deployments. Delete what is in it first, or say that it goes with the team.')).toContain(
    '3 Deployments',
  )
  expect(german('team_not_empty', 'The team has 1 deployment. Delete what is in it first, or say that it goes with the team.')).toContain(
    '1 Deployment.',
  )
  expect(
    german(
      'org_suspended',
      'The organization is suspended: The bill is open. Reading, exporting, billing, leaving and deleting it go on; everything else does again once an administrator of this installation lifts that.',
    ),
  ).toContain('gesperrt: The bill is open. ')
  expect(german('content_too_large', 'A body of at most 65536 bytes is taken here.')).toContain('65536')
  expect(german('invitation_for_another', 'You are signed in as a@b.c; the invitation is for d***@e.f.')).toBe(
    'Sie sind als a@b.c angemeldet; die Einladung ist für d***@e.f.',
  )
  expect(german('offer_closed', 'Something else.')).toBeNull()
  expect(german('last_owner', 'An organization always has one owner; pass ownership to somebody else first.')).toBeNull()
})

test('the details are those that the server writes', () => {
  const said = ['authz/authorizer.cpp', 'app/teams.cpp', 'app/invitations/answer.cpp', 'app/invitations/changes.cpp', 'http/connection/refusals.cpp']
    .map((name) => readFileSync(`../src/${name}`, 'utf8').replace(/"\s*\n\s*"/g, ''))
    .join('\n')
  for (const part of [
    'The organization is suspended: {} Reading, exporting, billing, leaving and deleting it go on; everything else does again once an administrator of this installation lifts that.',
    'The team has {}. Delete what is in it first, or say that it goes with the team.',
    'The invitation is {} already.',
    'You are signed in as {}; the invitation is for {}.',
    'A body of at most {} bytes is taken here.',
    'No body is taken here.',
  ])
    expect(said).toContain(part)
})
