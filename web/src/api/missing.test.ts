import { QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'

import { ask } from './client'
import { me, organization, queries, teams } from './queries'

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

test('what is refused to a role asks for what one may do now, as a limit of a plan does not', async () => {
  const asked: string[] = []
  let code = 'permission_denied'
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    const whole = /^\/api\/v1\/(orgs\/\w+|me)$/.test(address)
    return Promise.resolve(whole ? json(200, { slug: 'acme' }) : json(code === 'not_found' ? 404 : 403, { code }))
  })
  const stops = [new QueryObserver(queries, organization('acme')), new QueryObserver(queries, me)].map((one) =>
    one.subscribe(() => undefined),
  )
  await vi.waitFor(() => expect([asked.length, queries.isFetching()]).toEqual([2, 0]))
  await expect(queries.fetchQuery(teams('acme'))).rejects.toMatchObject({ status: 403 })
  await vi.waitFor(() => expect(asked.slice(2)).toEqual([expect.stringContaining('/teams'), '/api/v1/orgs/acme']))
  code = 'plan_limit_reached'
  await expect(ask('post', '/api/v1/orgs/{org}/teams', { params: { org: 'acme' } })).rejects.toMatchObject({ code })
  await new Promise((done) => setTimeout(done, 20))
  expect(asked).toHaveLength(5)
  // For who administers the installation no more, it is not there.
  code = 'not_found'
  await expect(ask('get', '/api/v1/platform/plans')).rejects.toMatchObject({ status: 404 })
  await vi.waitFor(() => expect(asked.slice(5)).toEqual(['/api/v1/platform/plans', '/api/v1/me']))
  for (const stop of stops) stop()
})
