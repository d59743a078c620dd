import { expect, test } from 'vitest'

import { badFilters, filterOf, filtersFrom, wallTime, withFilter } from './filters'

test('what is no filter is left out, and the whole log shown', () => {
  expect(filtersFrom({ actor: ' ', action: 7, result: 'maybe', from: 'soon', order: 'newest', x: 'y' })).toEqual({})
  expect(filtersFrom({ actor: 'system', result: 'denied', order: 'oldest' })).toEqual({
    actor: 'system',
    result: 'denied',
    order: 'oldest',
  })
})

test('one filter is set and taken away, the others stay', () => {
  const set = withFilter({ actor: 'system' }, 'action', 'teams:create')
  expect(set).toEqual({ actor: 'system', action: 'teams:create' })
  expect(withFilter(set, 'actor', '')).toEqual({ action: 'teams:create' })
})

test('a time is kept in UTC and shown as the clock on the wall', () => {
  const { from } = filtersFrom({ from: '2026-03-01T10:30' })
  expect(from).toMatch(/Z$/)
  expect(wallTime(from)).toBe('2026-03-01T10:30')
  expect(wallTime(undefined)).toBe('')
})

test('what nothing can be asked with is told, not asked for', () => {
  expect(badFilters({ from: 'xx', until: '2026-03-01T10:30' })).toEqual(['from'])
  expect(badFilters({ actor: 7, result: 'maybe', order: 'odd', target_kind: ' ' })).toEqual([
    'actor',
    'target_kind',
    'result',
    'order',
  ])
  expect(badFilters({ actor: 'system', order: 'newest', x: 'y' })).toEqual([])
})

test('a fault of the server is about the filter that it names', () => {
  expect(filterOf('?actor')).toBe('actor')
  expect(filterOf('?until')).toBe('until')
  expect(filterOf('/actor')).toBeNull()
  expect(filterOf('?cursor')).toBeNull()
})
