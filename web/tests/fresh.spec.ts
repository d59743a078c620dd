import type { Page } from '@playwright/test'

import { colleague, expect, holds, signIn, test, visit } from './world'

// By the stream, which ends within five seconds of a right: every page of an organization holds it.
const soon = { timeout: 10_000 }

// As where as many streams are open as may be.
const noStream = (page: Page) => page.route('**/api/v1/orgs/*/stream', (route) => route.fulfill({ status: 429 }))

for (const [what, path, heading] of [
  ['the audit log', '/audit', 'Audit log'],
  ['the people', '/people', 'People'],
] as const)
  test(`who is removed while they look at ${what} is told so`, async ({ page, context, world, ann }) => {
    const ben = await colleague(world, ann, 'Ben')
    await world.call('PATCH', `/orgs/${ann.org}/members/${ben.id}`, { org_role: 'org_admin' }, ann.cookie)
    await context.clearCookies()
    await signIn(context, world, ben)
    await page.goto(`/o/${ann.org}${path}`)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible()
    expect((await world.call('DELETE', `/orgs/${ann.org}/members/${ben.id}`, undefined, ann.cookie)).status).toBe(204)
    await expect(page.getByRole('alert')).toContainText('your right to see it has ended', soon)
    await expect(page.getByRole('table')).toHaveCount(0)
    await expect(page.getByRole('link', { name: 'People' })).toHaveCount(0)
    if (path === '/audit') await holds(page, 'removed-meanwhile', { brief: true })
  })

test('who is given a smaller role loses pages and actions that are not for it', async ({ page, context, world, ann }) => {
  const ben = await colleague(world, ann, 'Ben')
  const role = (to: string) => world.call('PATCH', `/orgs/${ann.org}/members/${ben.id}`, { org_role: to }, ann.cookie)
  await role('org_admin')
  await context.clearCookies()
  await signIn(context, world, ben)
  await page.goto(`/o/${ann.org}/teams`)
  const make = page.getByRole('button', { name: 'New team' }).first()
  await expect(make).toBeEnabled()
  await page.getByRole('link', { name: 'People', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Invite people' })).toBeVisible()
  await role('org_member')
  await expect(page.getByText('This page is not for your role')).toBeVisible(soon)
  await expect(page.getByRole('button', { name: 'Invite people' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0)
  // Nothing was asked for that would have been refused.
  const denied = await world.call('GET', `/orgs/${ann.org}/audit?result=denied`, undefined, ann.cookie)
  expect(((await denied.json()) as { items: unknown[] }).items).toEqual([])
})

test('without a stream a page is read again within a minute while somebody is there', async ({ page, world, ann }) => {
  await noStream(page)
  await page.clock.install()
  await page.goto(`/o/${ann.org}/teams`)
  await expect(page.getByRole('link', { name: 'Default' })).toBeVisible()
  await world.call('POST', `/orgs/${ann.org}/teams`, { name: 'Made elsewhere' }, ann.cookie)
  await page.clock.runFor(60_000)
  await expect(page.getByRole('link', { name: 'Made elsewhere' })).toBeVisible({ timeout: 3_000 })
})

test('a session that was ended elsewhere is noticed where no stream is', async ({ page, world, ann }) => {
  await page.clock.install()
  await page.goto('/account')
  await expect(page.getByRole('heading', { level: 1, name: 'Account and security' })).toBeVisible()
  await world.call('POST', '/auth/logout', undefined, ann.cookie)
  await page.clock.runFor(60_000)
  await expect(page.getByText('Your session has ended')).toBeVisible({ timeout: 3_000 })
})

test('who administers the installation no more sees nothing of it', async ({ page, context, world, root, reader }) => {
  await signIn(context, world, root)
  await page.clock.install()
  await page.goto('/platform')
  await expect(page.getByRole('table').getByText(reader.org)).toBeVisible()
  await page.route('**/api/v1/me', async (route) => {
    const reply = await route.fetch()
    await route.fulfill({ json: { ...((await reply.json()) as object), platform_admin: false } })
  })
  await page.clock.runFor(60_000)
  await expect(page.getByRole('table')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible()
})

test('a time goes on while its page stays open', async ({ page, world, ann }) => {
  const teams = await world.call('GET', `/orgs/${ann.org}/teams`, undefined, ann.cookie)
  const { items } = (await teams.json()) as { items: { created_at: string }[] }
  await page.clock.install({ time: Date.parse(items[0]?.created_at ?? '') + 20_000 })
  await visit(page, `/o/${ann.org}/teams`)
  const row = page.getByRole('row', { name: /^Default/ })
  await expect(row.locator('time')).toHaveText('this minute')
  // Before anything is read again, which is after a minute.
  await page.clock.runFor(50_000)
  await expect(row.locator('time')).toHaveText('1 minute ago', { timeout: 2_000 })
})
