import { expect, test } from 'vitest'

import { everyPage } from './every'

test('all pages of a list are read, one after the other, to the last', async () => {
  const asked: unknown[] = []
  const found = await everyPage((query) => {
    asked.push(query)
    return Promise.resolve(
      query.cursor === undefined
        ? { items: [1, 2], next_cursor: 'b' }
        : query.cursor === 'b'
          ? { items: [], next_cursor: 'c' }
          : { items: [3], next_cursor: null },
    )
  })
  expect(found).toEqual([1, 2, 3])
  expect(asked).toEqual([{ limit: 200 }, { limit: 200, cursor: 'b' }, { limit: 200, cursor: 'c' }])
})
