import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ask, holdBack } from './client'

const asked: string[] = []
beforeEach(() => {
  asked.length = 0
  vi.useFakeTimers()
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    return Promise.resolve(new Response('{}'))
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const read = (org: string, signal?: AbortSignal) =>
  ask('get', '/api/v1/orgs/{org}', { params: { org }, ...(signal ? { signal } : {}) })

test('what is being ended is not read until that is lifted, and the rest is', async () => {
  const lift = holdBack({ org: ['ours'] })
  const held = read('ours')
  await read('theirs')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toEqual(['/api/v1/orgs/theirs'])
  lift()
  await held
  expect(asked).toEqual(['/api/v1/orgs/theirs', '/api/v1/orgs/ours'])
})

test('an end whose answer never comes holds nothing back for ever', async () => {
  holdBack({ org: ['ours'] })
  const held = read('ours')
  await vi.advanceTimersByTimeAsync(29_000)
  expect(asked).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  await held
  await read('ours')
  expect(asked).toHaveLength(2)
})

test('whoever wants no answer any more does not wait', async () => {
  const lift = holdBack({ org: ['ours'] })
  const leaving = new AbortController()
  const held = read('ours', leaving.signal).catch((error: unknown) => error)
  leaving.abort()
  expect(await held).toBeInstanceOf(DOMException)
  const gone = read('ours', leaving.signal).catch((error: unknown) => error)
  expect(await gone).toBeInstanceOf(DOMException)
  expect(asked).toEqual([])
  lift()
})
