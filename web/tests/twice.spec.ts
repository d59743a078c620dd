import type { Locator, Page } from '@playwright/test'

import { colleague, expect, password, signIn, test } from './world'

// Both before anything can be drawn, as the second press of a double click may come.
const pressTwice = (button: Locator) =>
  button.evaluate((one: HTMLElement) => {
    one.click()
    one.click()
  })

function counted(page: Page, method: string, path: RegExp): () => number {
  let sent = 0
  page.on('request', (request) => {
    if (request.method() === method && path.test(new URL(request.url()).pathname)) sent += 1
  })
  return () => sent
}

test('what ends something is sent once by a double click', async ({ page, world, ann, browser }) => {
  await world.call('POST', '/auth/login', { email: ann.email, password })
  await page.goto('/account')
  const ended = counted(page, 'DELETE', /\/me\/sessions\//)
  await pressTwice(page.getByRole('button', { name: /^End the session:/ }).first())
  await expect(page.getByRole('button', { name: /^End the session:/ })).toHaveCount(0)
  expect(ended()).toBe(1)

  const bob = await colleague(world, ann, 'Bob Builder')
  const his = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  await signIn(his, world, bob)
  const other = await his.newPage()
  const left = counted(other, 'POST', /\/leave$/)
  await other.goto(`/o/${ann.org}/settings`)
  await other.getByRole('button', { name: 'Leave this organization' }).click()
  const leaving = other.getByRole('dialog', { name: 'Leave this organization' })
  await leaving.getByLabel('Type “Ann Example” to confirm').fill('Ann Example')
  await pressTwice(leaving.getByRole('button', { name: 'Leave this organization' }))
  await expect(other).toHaveURL('/orgs')
  expect(left()).toBe(1)
  await his.close()

  const deleted = counted(page, 'DELETE', /\/orgs\/[^/]+$/)
  await page.goto(`/o/${ann.org}/settings`)
  await page.getByRole('button', { name: 'Delete this organization' }).click()
  const ending = page.getByRole('dialog', { name: 'Delete this organization' })
  await ending.getByLabel('Type “Ann Example” to confirm').fill('Ann Example')
  await pressTwice(ending.getByRole('button', { name: 'Delete this organization' }))
  await expect(page).toHaveURL('/orgs')
  expect(deleted()).toBe(1)
})
