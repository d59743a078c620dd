import { expect, test } from 'vitest'

import { amount, amounts } from './amount'
import { relative } from './components/time'

test('amounts are said in the unit that people use', () => {
  expect(amount(3, 'count', 'en')).toBe('3')
  expect(amount(12_345, 'count', 'de')).toBe('12.345')
  expect(amount(250, 'milli-cpu', 'en')).toBe('0.25 CPU')
  expect(amount(1500, 'milli-cpu', 'de')).toBe('1,5 CPU')
  expect(amount(0, 'bytes', 'en')).toBe('0 B')
  expect(amount(512 * 1024 ** 2, 'bytes', 'en')).toBe('512 MiB')
  expect(amount(1.5 * 1024 ** 3, 'bytes', 'de')).toBe('1,5 GiB')
})

test('what is compared is in one unit, and a little of much is not nothing', () => {
  const gib = 1024 ** 3
  expect(amounts(gib / 4, 2 * gib, 'bytes', 'en')).toEqual({ used: '0.25 GiB', limit: '2 GiB' })
  expect(amounts(3 * gib, 512 * 1024 ** 2, 'bytes', 'de')).toEqual({ used: '3 GiB', limit: '0,5 GiB' })
  expect(amounts(1024 ** 2, 20 * gib, 'bytes', 'en')).toEqual({ used: '< 0.01 GiB', limit: '20 GiB' })
  expect(amounts(0, 2 * gib, 'bytes', 'en').used).toBe('0 GiB')
  expect(amounts(250, 4000, 'milli-cpu', 'en')).toEqual({ used: '0.25 CPU', limit: '4 CPU' })
})

test('times are relative, in the language of the page', () => {
  const now = Date.parse('2026-01-10T12:00:00Z')
  expect(relative('2026-01-10T11:59:50Z', 'en', now)).toBe('this minute')
  expect(relative('2026-01-10T10:00:00Z', 'en', now)).toBe('2 hours ago')
  expect(relative('2026-01-17T12:00:00Z', 'de', now)).toBe('in 7 Tagen')
})
