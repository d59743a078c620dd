import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'

import { pageSize, shown, viewOf } from './rows'

const one = (name: string, phase: Schemas['Phase'], updated_at = '1') =>
  ({ name, phase, updated_at }) as Schemas['Deployment']
const names = (view: Parameters<typeof shown>[1], items = all) => shown(items, view).rows.map((row) => row.name)
const all = [one('web', 'Ready', '3'), one('api', 'Error', '1'), one('db', 'Ready', '2')]

test('deployments are searched, filtered and sorted as the address says', () => {
  expect(names({})).toEqual(['api', 'db', 'web'])
  expect(names({ down: true })).toEqual(['web', 'db', 'api'])
  expect(names({ name: ' W' })).toEqual(['web'])
  expect(names({ phase: 'Ready' })).toEqual(['db', 'web'])
  expect(names({ sort: 'phase' })[0]).toBe('api')
  expect(names({ sort: 'changed' })).toEqual(['web', 'db', 'api'])
})

test('pages hold everything once, and one beyond the last is the last', () => {
  const many = Array.from({ length: pageSize + 1 }, (_, at) => one(`d${100 + at}`, 'Ready'))
  expect(names({}, many)).toHaveLength(pageSize)
  expect(names({ page: 2 }, many)).toEqual([`d${100 + pageSize}`])
  expect(shown(many, { page: 9 })).toMatchObject({ page: 2, pages: 2, total: pageSize + 1 })
  expect(shown([], {})).toMatchObject({ page: 1, pages: 1, total: 0 })
})

test('an address with nonsense in it is one without', () => {
  expect(viewOf({ phase: 'Odd', sort: 'x', down: 'yes', page: '-1', name: 7 })).toEqual({})
  expect(viewOf({ phase: 'Error', sort: 'phase', down: true, page: 2, name: 'a' })).toEqual({
    phase: 'Error', sort: 'phase', down: true, page: 2, name: 'a',
  })
})
