import { expect, test } from 'vitest'

import { atName, atTeam } from './address'
import { placeOf } from './places'

test('an old name in the address gives way to the new one, and the rest of it stays', () => {
  expect(atName('/o/old/audit?from=2026#x', 'new')).toBe('/o/new/audit?from=2026#x')
  expect(atName('/o/old', 'new')).toBe('/o/new')
  expect(atName('/o/old?x=/o/old', 'new')).toBe('/o/new?x=/o/old')
})

test('so does an old name of a team, and no other part of the address', () => {
  expect(atTeam('/o/t/t/old/people?name=x#y', 'new')).toBe('/o/t/t/new/people?name=x#y')
  expect(atTeam('/o/acme/t/old', 'new')).toBe('/o/acme/t/new')
  expect(atTeam('/o/acme/t/old/d/old', 'new')).toBe('/o/acme/t/new/d/old')
})

test('a page says which right it needs, those below it too', () => {
  expect(placeOf('/o/acme/audit')?.needs).toBe('audit:read')
  expect(placeOf('/o/acme/people/01939f6e')?.needs).toBe('members:read')
  expect(placeOf('/o/acme')?.needs).toBeUndefined()
  expect(placeOf('/o/acme/t/people/people')?.needs).toBeUndefined()
  // One of a team is for the team's administrators too.
  expect(placeOf('/o/acme/access-review/01939f6e')?.needs).toBeUndefined()
})
