import { expect, test } from 'vitest'

import { changesOf, factsOf, hashOf } from './detail'

test('what was before stands beside what came after', () => {
  expect(changesOf({ before: { a: 1, b: 2 }, after: { a: 3, c: 4 }, more: 5 })).toEqual([
    { field: 'a', before: 1, after: 3 },
    { field: 'b', before: 2, after: undefined },
    { field: 'c', before: undefined, after: 4 },
  ])
  expect(changesOf({})).toEqual([])
})

test('nothing of the rest is lost, whatever its shape', () => {
  expect(factsOf({ before: { a: 1 }, route: 'x', more: 5 })).toEqual([
    ['route', 'x'],
    ['more', 5],
  ])
  expect(factsOf({ before: 'free text' })).toEqual([['before', 'free text']])
  expect(hashOf({ hash: '5f1a' })).toBe('5f1a')
  expect(hashOf('5f1a')).toBeNull()
})
