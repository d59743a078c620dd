import { expect, test } from 'vitest'

import { moment, region } from './moment'

test('the region is that which the reader asks for with the language of the pages', () => {
  expect(region('en', ['de-AT', 'en-US', 'en-GB'])).toBe('en-US')
  expect(region('de', ['de-AT', 'en-US'])).toBe('de-AT')
  expect(region('en', ['en'])).toBe('en-GB')
  expect(region('de', [])).toBe('de-DE')
})

test('a moment is told on a clock of 24 hours, its zone where it is exact', () => {
  const at = '2026-11-05T19:04:09Z'
  const spoken = (language: string, exact: boolean, asked: string[]) => moment(at, language, exact, asked)
  expect(spoken('en', false, ['en-GB'])).toMatch(/^5 November 2026 at \d\d:\d4$/)
  expect(spoken('en', false, ['en-US'])).toMatch(/^November 5, 2026 at \d\d:\d4$/)
  expect(spoken('de', false, [])).toMatch(/^5\. November 2026 um \d\d:\d4$/)
  expect(spoken('en', true, [])).toMatch(/^5 November 2026 at \d\d:\d4:09 \S+/)
  expect(spoken('en', true, ['en-US'])).not.toMatch(/[AP]M/)
})
