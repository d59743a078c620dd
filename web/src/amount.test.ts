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

test('an amount is in the largest unit of which it is at least one and that one decimal says', () => {
  const mib = 1024 ** 2
  expect(amount(128 * mib, 'bytes', 'en')).toBe('128 MiB')
  expect(amount(1280 * mib, 'bytes', 'en')).toBe('1,280 MiB')
  expect(amount(1.1 * 1024 ** 3, 'bytes', 'en')).toBe('1.1 GiB')
  expect(amount(Math.ceil(1.1 * 1024 ** 3), 'bytes', 'en')).toBe('1.1 GiB')
  expect(amount(102_656 * mib, 'bytes', 'en')).toBe('100.3 GiB')
  expect(amount(1023, 'bytes', 'en')).toBe('1,023 B')
})

test('what is compared is in one unit where that loses nothing', () => {
  const gib = 1024 ** 3
  expect(amounts(gib / 2, 2 * gib, 'bytes', 'en')).toEqual({ used: '0.5 GiB', limit: '2 GiB' })
  expect(amounts(gib / 4, 2 * gib, 'bytes', 'en')).toEqual({ used: '256 MiB', limit: '2 GiB' })
  expect(amounts(3 * gib, 512 * 1024 ** 2, 'bytes', 'de')).toEqual({ used: '3 GiB', limit: '0,5 GiB' })
  expect(amounts(1024 ** 2, 20 * gib, 'bytes', 'en')).toEqual({ used: '1 MiB', limit: '20 GiB' })
  expect(amounts(0, 2 * gib, 'bytes', 'en').used).toBe('0 GiB')
  expect(amounts(250, 4000, 'milli-cpu', 'en')).toEqual({ used: '0.25 CPU', limit: '4 CPU' })
})

// The same every time: small and large, whole numbers of every unit, and what is none of any.
function* generated(): Generator<number> {
  let seed = 20
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  for (let at = 0; at < 300; at += 1) {
    const size = 1024 ** next(5)
    yield 1 + next(2000) * size
    yield (1 + next(2000)) * size
    yield Math.ceil(((1 + next(20_000)) * size) / 10)
    yield 1 + next(2 ** 31)
  }
}

// What is read where it is shown.
function shown(text: string): number {
  const [number = '', unit = ''] = text.split(' ')
  return Number(number.replaceAll(',', '')) * 1024 ** ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].indexOf(unit)
}

test('what is shown of an amount, alone and beside another, is never nothing and never 5 % off', () => {
  const wrong: string[] = []
  let before = 1
  for (const bytes of generated()) {
    const { used, limit } = amounts(bytes, before, 'bytes', 'en')
    const alone = amount(bytes, 'bytes', 'en')
    for (const [text, meant] of [[alone, bytes], [used, bytes], [limit, before]] as const)
      if (!(shown(text) > 0) || Math.abs(shown(text) - meant) > meant * 0.05 || /\.\d\d/.test(text))
        wrong.push(`${meant}: ${text}`)
    if (Number(alone.split(' ')[0]?.replaceAll(',', '')) < 1) wrong.push(alone)
    before = bytes
  }
  expect(wrong).toEqual([])
})

test('times are relative, in the language of the page', () => {
  const now = Date.parse('2026-01-10T12:00:00Z')
  expect(relative('2026-01-10T11:59:50Z', 'en', now)).toBe('this minute')
  expect(relative('2026-01-10T10:00:00Z', 'en', now)).toBe('2 hours ago')
  expect(relative('2026-01-17T12:00:00Z', 'de', now)).toBe('in 7 Tagen')
})
