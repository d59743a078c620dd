import { expect, test } from 'vitest'

import { cookie } from './preferences'

test('what a browser is told to keep is this host alone, where that can be had', () => {
  expect(cookie('theme', 'dark', 'https:')).toBe(
    '__Host-theme=dark; Path=/; Max-Age=31536000; SameSite=Lax; Secure',
  )
  expect(cookie('locale', 'de', 'http:')).toBe('locale=de; Path=/; Max-Age=31536000; SameSite=Lax')
})
