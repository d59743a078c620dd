import type { Page } from '@playwright/test'

import { address, colleague, expect, onPlan, signIn, still, test, visit } from './world'

const onBody = (page: Page) => page.evaluate(() => document.activeElement === document.body)

test('after what is done within a page the focus is where one goes on', async ({ page, world, ann, deploy }) => {
  test.slow()
  await deploy('web')
  const bob = await colleague(world, ann, 'Bob Builder')
  await world.call('POST', `/orgs/${ann.org}/invitations`, { invitations: [{ email: address('eve') }, { email: address('finn') }] }, ann.cookie)

  await visit(page, `/o/${ann.org}/t/default/d/web?tab=settings`)
  await page.getByLabel('Replicas').fill('2')
  await page.getByRole('button', { name: 'Review changes' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 2 }).first()).toBeFocused()

  await visit(page, `/o/${ann.org}/settings`)
  await page.getByLabel('Name of the organization').fill('Ann Example & Co')
  await page.getByRole('button', { name: 'Save' }).first().press('Enter')
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: 'Name' })).toBeFocused()

  const ownership = page.getByRole('heading', { level: 2, name: 'Ownership' })
  await page.getByRole('button', { name: 'Offer ownership' }).press('Enter')
  await page.getByLabel('E-mail address of a member').fill(bob.email)
  await page.getByRole('dialog').getByRole('button', { name: 'Offer ownership' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Withdraw the offer' })).toBeVisible()
  await expect(ownership).toBeFocused()
  await page.getByRole('button', { name: 'Withdraw the offer' }).press('Enter')
  await expect(page.getByText('The offer is withdrawn.')).toBeVisible()
  await expect(ownership).toBeFocused()

  await visit(page, `/o/${ann.org}/people`)
  const actions = page.getByRole('button', { name: 'Actions for Bob Builder' })
  await actions.press('Enter')
  await page.getByRole('menuitem', { name: 'Change role' }).press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(actions).toBeFocused()

  await page.getByRole('tab', { name: 'Invitations' }).click()
  const revoke = page.getByRole('button', { name: /^Revoke the invitation/ })
  await expect(revoke).toHaveCount(2)
  await revoke.first().press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter')
  await expect(revoke).toHaveCount(1)
  await expect(revoke).toBeFocused()
  await revoke.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter')
  await expect(revoke).toHaveCount(0)
  await expect.poll(() => onBody(page)).toBe(false)
})

test('after the plan is set the focus is on the menu that led there', async ({ page, context, world, root, ann }) => {
  await context.clearCookies()
  await signIn(context, world, root)
  await visit(page, `/platform?name=${ann.org}`)
  const actions = page.getByRole('button', { name: /^Actions for/ })
  await actions.press('Enter')
  await page.getByRole('menuitem', { name: 'Set the plan' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Plan').selectOption('enterprise')
  await expect(dialog.getByRole('button', { name: 'Set the plan' })).toBeEnabled()
  await dialog.getByRole('button', { name: 'Set the plan' }).press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(actions).toBeFocused()
})

// Every answer that says that something is not there or refused.
function refusals(page: Page): string[] {
  const found: string[] = []
  page.on('response', (reply) => {
    if (reply.status() >= 400) found.push(`${reply.status()} ${reply.url()}`)
  })
  return found
}

test('nothing is asked of what was just left or deleted', async ({ page, context, world, ann, deploy }) => {
  test.slow()
  await deploy('web')
  await visit(page, `/o/${ann.org}/t/default/d/web?tab=settings`)
  const refused = refusals(page)
  await page.getByLabel('Type “web” to confirm').fill('web')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page).toHaveURL(/\/t\/default$/)
  await expect(page.getByRole('link', { name: 'web', exact: true })).toHaveCount(0)
  await still(page)
  expect(refused).toEqual([])

  const bob = await colleague(world, ann, 'Bob Builder')
  await signIn(context, world, bob)
  await visit(page, `/o/${ann.org}/settings`)
  await page.getByRole('button', { name: 'Leave this organization' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Type “Ann Example” to confirm').fill('Ann Example')
  await dialog.getByRole('button', { name: 'Leave this organization' }).click()
  await expect(page).toHaveURL('/orgs')
  await still(page)
  // Longer than a stream takes to end with a right.
  await page.waitForTimeout(6_000)
  expect(refused).toEqual([])
})

test('what was answered elsewhere meanwhile is told in words, and shown as it is', async ({ page, context, world, root, ann }) => {
  const bob = await colleague(world, ann, 'Bob Builder')
  await onPlan(world, root, ann.org, 'business')
  const offer = async () => {
    const made = await world.call('POST', `/orgs/${ann.org}/ownership-offers`, { user: bob.id }, ann.cookie)
    return ((await made.json()) as { id: string }).id
  }
  const answer = (id: string, how: string, cookie: string) =>
    world.call('POST', `/orgs/${ann.org}/ownership-offers/${id}/${how}`, undefined, cookie)
  const told = (end: string) => page.getByRole('alert').filter({ hasText: `The offer was ${end} on ` })
  let id = await offer()
  await visit(page, `/o/${ann.org}/settings`)
  await answer(id, 'decline', bob.cookie)
  await page.getByRole('button', { name: 'Withdraw the offer' }).click()
  await expect(told('declined')).toBeVisible()
  await expect(page.getByText('No open offer')).toBeVisible()

  // Where the invitation was accepted meanwhile.
  const cleo = await world.account(address('cleo'), 'Cleo')
  await world.call('POST', `/orgs/${ann.org}/invitations`, { invitations: [{ email: cleo.email }] }, ann.cookie)
  const token = (await world.link(cleo.email, '/invitation')).split('#')[1]
  await page.route('**/api/v1/orgs/*/stream', (route) => route.fulfill({ status: 429 }))
  await visit(page, `/o/${ann.org}/people?tab=invitations`)
  await world.call('POST', '/invitations/accept', { token }, cleo.cookie)
  await page.getByRole('button', { name: `Revoke the invitation of ${cleo.email}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('alert')).toContainText(`The invitation of ${cleo.email} was not revoked`)
  await expect(page.getByRole('alert')).toContainText('The invitation is accepted already.')
  await expect(page.getByText('No invitations', { exact: true })).toBeVisible()

  id = await offer()
  await signIn(context, world, bob)
  await visit(page, `/o/${ann.org}`)
  await answer(id, 'cancel', ann.cookie)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await expect(told('withdrawn')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Accept' })).toHaveCount(0)
})
