import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { onTick } from './ticks'

class Page extends EventTarget {
  visibilityState = 'visible'
  show(state: 'visible' | 'hidden') {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
let page: Page

beforeEach(() => {
  vi.useFakeTimers()
  page = new Page()
  vi.stubGlobal('document', page)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('all are told by one timer, which ends with the last of them', () => {
  const one = vi.fn()
  const other = vi.fn()
  const endOne = onTick(one)
  const endOther = onTick(other)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(60_000)
  expect(one).toHaveBeenCalledTimes(4)
  expect(other).toHaveBeenCalledTimes(4)
  endOne()
  vi.advanceTimersByTime(15_000)
  expect(one).toHaveBeenCalledTimes(4)
  expect(other).toHaveBeenCalledTimes(5)
  endOther()
  expect(vi.getTimerCount()).toBe(0)
})

test('a page that is hidden has no timer, and is told at once when it is seen again', () => {
  const tell = vi.fn()
  const end = onTick(tell)
  page.show('hidden')
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(600_000)
  expect(tell).not.toHaveBeenCalled()
  page.show('visible')
  expect(tell).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(1)
  // What comes while it is hidden starts none either.
  page.show('hidden')
  const endOther = onTick(vi.fn())
  expect(vi.getTimerCount()).toBe(0)
  end()
  endOther()
})
