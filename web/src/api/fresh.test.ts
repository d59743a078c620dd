import { focusManager, QueryObserver, type Query } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Problem } from './client'
import { awayMs, due, freshMs, keepFresh, tickMs } from './fresh'
import { queries } from './queries'

const page = new EventTarget() as EventTarget & { visibilityState: string }
const view = new EventTarget()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', view)
  page.visibilityState = 'visible'
})
afterEach(() => {
  queries.clear()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

// Something that is on the screen, and how often it was asked for.
function shown(queryKey: readonly unknown[], answer: () => Promise<unknown> = () => Promise.resolve({})) {
  const asked = vi.fn(answer)
  const stop = new QueryObserver(queries, { queryKey, queryFn: asked, retry: false }).subscribe(() => undefined)
  return { asked, stop }
}
const query = (queryKey: readonly unknown[]) => queries.getQueryCache().find({ queryKey }) as Query

test('what is on the screen is asked for once a minute, and nothing else is', async () => {
  keepFresh()
  const people = shown(['org', 'acme', 'members', ''])
  const left = shown(['org', 'acme', 'audit'])
  const unknown = shown(['config'])
  await vi.advanceTimersByTimeAsync(0)
  left.stop()
  await vi.advanceTimersByTimeAsync(freshMs + tickMs)
  expect(people.asked).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(8 * 60_000)
  expect(people.asked.mock.calls.length).toBeLessThanOrEqual(2 + (8 * 60_000) / freshMs)
  expect(people.asked.mock.calls.length).toBeGreaterThanOrEqual(2 + 8)
  expect(left.asked).toHaveBeenCalledTimes(1)
  expect(unknown.asked).toHaveBeenCalledTimes(1)
  people.stop()
  unknown.stop()
})

test('a hidden tab asks for nothing, nor does one that nobody has touched for long', async () => {
  keepFresh()
  const people = shown(['org', 'acme', 'members', ''])
  await vi.advanceTimersByTimeAsync(0)
  page.visibilityState = 'hidden'
  await vi.advanceTimersByTimeAsync(10 * freshMs)
  expect(people.asked).toHaveBeenCalledTimes(1)
  page.visibilityState = 'visible'
  view.dispatchEvent(new Event('pointerdown'))
  await vi.advanceTimersByTimeAsync(awayMs + freshMs)
  const then = people.asked.mock.calls.length
  expect(then).toBeGreaterThan(5)
  await vi.advanceTimersByTimeAsync(60 * 60_000)
  expect(people.asked).toHaveBeenCalledTimes(then)
  // Whoever is there again sees at once what has become of it.
  view.dispatchEvent(new Event('pointermove'))
  await vi.advanceTimersByTimeAsync(0)
  expect(people.asked).toHaveBeenCalledTimes(then + 1)
  people.stop()
})

test('a window that one comes back to is looked at', () => {
  keepFresh()
  const told = vi.fn()
  const stop = focusManager.subscribe(told)
  view.dispatchEvent(new Event('focus'))
  page.dispatchEvent(new Event('visibilitychange'))
  expect(told).toHaveBeenCalledTimes(2)
  stop()
})

test('a list of many parts waits as many times as long', async () => {
  const { stop } = shown(['org', 'acme', 'audit'], () => Promise.resolve({ pages: [{}, {}, {}] }))
  await vi.advanceTimersByTimeAsync(0)
  const read = Date.now()
  expect(due(query(['org', 'acme', 'audit']), read + 3 * freshMs - 1)).toBe(false)
  expect(due(query(['org', 'acme', 'audit']), read + 3 * freshMs)).toBe(true)
  stop()
})

test('what failed is asked for again, but not what a role is refused', async () => {
  const fails = (status: number) => () => Promise.reject(new Problem(status, {}))
  const broken = shown(['org', 'acme', 'usage'], fails(500))
  const denied = shown(['org', 'acme', 'audit'], fails(403))
  await vi.advanceTimersByTimeAsync(0)
  const later = Date.now() + freshMs
  expect(due(query(['org', 'acme', 'usage']), later)).toBe(true)
  expect(due(query(['org', 'acme', 'audit']), later)).toBe(false)
  broken.stop()
  denied.stop()
})
