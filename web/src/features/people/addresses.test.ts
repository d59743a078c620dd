import { expect, test } from 'vitest'

import { addresses } from './addresses'

test('addresses are found however they were pasted, each once', () => {
  expect(addresses('ann@example.com\nBob <bob@example.com>; cy@example.com, ANN@example.com')).toEqual([
    'ann@example.com',
    'bob@example.com',
    'cy@example.com',
  ])
  expect(addresses('nobody here')).toEqual([])
})
