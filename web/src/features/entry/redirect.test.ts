import { expect, test } from 'vitest'

import { ownPath } from './redirect'

test('after signing in only pages of our own are gone to', () => {
  expect(ownPath('/o/acme/people?tab=invitations')).toBe('/o/acme/people?tab=invitations')
  expect(ownPath('/account')).toBe('/account')
  expect(ownPath('/platform/plans')).toBe('/platform/plans')
  for (const to of [
    undefined,
    7,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/o//evil.example\n',
    '/o/../api/v1/auth/logout',
    '/api/v1/me',
    'javascript:alert(1)',
    '/login?to=/o/acme',
  ])
    expect(ownPath(to), String(to)).toBe('/')
})
