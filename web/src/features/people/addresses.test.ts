import { expect, test } from 'vitest'

import { addresses } from './addresses'

test('addresses are found however they were pasted, each once', () => {
  expect(addresses('ann@example.com\nBob <bob@example.com>; cy@example.com, ANN@example.com')).toEqual([
    'ann@example.com',
    'bob@example.com',
    'cy@example.com',
  ])
  expect(addresses(' ,\n;  ')).toEqual([])
  expect(addresses('"Doe, Ann (ann@home)" <ann@x.example>;Bob<bob@x.example> mailto:cy@x.example')).toEqual([
    'ann@x.example',
    'bob@x.example',
    'cy@x.example',
  ])
})

test('what is no address is not dropped in silence, and a name before one is no address', () => {
  expect(addresses('foo, zed@example.com\ncarol.example.com')).toEqual(['foo', 'zed@example.com', 'carol.example.com'])
  expect(addresses('not an address')).toEqual(['not an address'])
  expect(addresses('Ann Doe ann@x.example')).toEqual(['ann@x.example'])
  expect(addresses('Doe, Ann <ann@x.example>; Bob <bob@x.example>')).toEqual(['ann@x.example', 'bob@x.example'])
})

test('a hundred lines with names are a hundred addresses', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `Ann ${at} Müller <ann${at}@x.example>`)
  const found = addresses(lines.join('\n'))
  expect(found).toHaveLength(100)
  expect(found[99]).toBe('ann99@x.example')
  expect(addresses(lines.join(', '))).toEqual(found)
})

test('a domain of another script is written as the server takes it, and nothing is refused before it', () => {
  expect(addresses('ann@müller.example, Eva <eva@例え.テスト>')).toEqual([
    'ann@xn--mller-kva.example',
    'eva@xn--r8jz45g.xn--zckzah',
  ])
  expect(addresses('ann＠ｅｘａｍｐｌｅ１.com')).toEqual(['ann@example1.com'])
  // The same person, in both forms.
  expect(addresses('ann@müller.example ann@xn--mller-kva.example')).toHaveLength(1)
  // Left to the server, which says what is wrong with it.
  expect(addresses('jörg@example.com a@b a@@b.example')).toEqual(['jörg@example.com', 'a@b', 'a@@b.example'])
})
