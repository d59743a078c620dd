import { QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'

import { ask } from './client'
import { organization, queries, teams } from './queries'

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

afterEach(() => {
  queries.clear()
  vi.unstubAllGlobals()
})

// A server on which the organization is called `now`, and led to by its name of before.
function serve(now: string) {
  const asked: string[] = []
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    if (/^\/api\/v1\/orgs\/\w+$/.test(address)) return Promise.resolve(json(200, { id: '1', slug: now, name: 'Acme' }))
    return Promise.resolve(address.includes(`/${now}/`) ? json(200, { items: [] }) : json(404, { code: 'not_found' }))
  })
  return asked
}

test('where something of an organization is missing, the organization is asked for its name of now', async () => {
  const asked = serve('old')
  const found = new QueryObserver(queries, organization('old'))
  const stop = found.subscribe(() => undefined)
  await vi.waitFor(() => expect(found.getCurrentResult().data?.body.slug).toBe('old'))
  // Renamed in another tab.
  stop()
  vi.unstubAllGlobals()
  const then = serve('new')
  const again = found.subscribe(() => undefined)
  await expect(queries.fetchQuery({ ...teams('old'), retry: false })).rejects.toMatchObject({ status: 404 })
  await vi.waitFor(() => expect(found.getCurrentResult().data?.body.slug).toBe('new'))
  // Once for what was missing, not for ever.
  expect(then.filter((one) => one === '/api/v1/orgs/old')).toHaveLength(1)
  expect(asked).toHaveLength(1)
  // What is changed there, too.
  await expect(ask('post', '/api/v1/orgs/{org}/leave', { params: { org: 'old' } })).rejects.toMatchObject({ status: 404 })
  await vi.waitFor(() => expect(then.filter((one) => one === '/api/v1/orgs/old')).toHaveLength(2))
  again()
})

test('an organization that is missing itself is not asked for again and again', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    return Promise.resolve(json(404, { code: 'not_found' }))
  })
  const found = new QueryObserver(queries, organization('gone'))
  const stop = found.subscribe(() => undefined)
  await vi.waitFor(() => expect(found.getCurrentResult().error).toMatchObject({ status: 404 }))
  await new Promise((done) => setTimeout(done, 20))
  expect(asked).toHaveLength(1)
  stop()
})
