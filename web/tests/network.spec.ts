import type { Page } from '@playwright/test'

import { colleague, expect, holds, onPlan, signIn, test, visit } from './world'

const part = (page: Page) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'Traffic to the internet' }) })

test('what of the internet is reached is a list on the settings, of an organization that may have one', async ({ page, world, root, ann }) => {
  await visit(page, `/o/${ann.org}/settings`)
  const open = page.getByLabel('May reach')
  // Which part of the plan is lacking, and who can change that; nothing to fill in.
  await expect(part(page)).toContainText('The plan “Business” does not have this: Isolated from other teams too, on nodes of its own.')
  await expect(part(page)).toContainText('The plan “Enterprise” would allow it.')
  await expect(part(page)).toContainText('An administrator of this installation can give a larger plan.')
  await expect(part(page)).toContainText('All of the internet')
  await expect(part(page).locator('select, textarea, button')).toHaveCount(0)
  await holds(page, 'settings-egress-not-in-plan', { brief: true })

  await onPlan(world, root, ann.org, 'enterprise')
  await visit(page, `/o/${ann.org}/settings`)
  await open.selectOption('Only the addresses below')
  const lines = page.getByLabel('Addresses', { exact: true })
  await lines.fill('1.1.1.7/24 443, 8443\n\n10.0.0.0/8\nexample.com 80')
  const section = part(page)
  await section.getByRole('button', { name: 'Save' }).click()
  // Each fault with the line that it is on; what was typed is still there.
  await expect(lines).toHaveAccessibleDescription(/Line 3: .*not of the internet.* Line 4: .*range of addresses/)
  await expect(lines).toBeFocused()
  await holds(page, 'settings-egress-faults', { brief: true })
  await lines.fill('1.1.1.7/24 443, 8443\n8.8.8.8')
  await section.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved. It holds within seconds.')).toBeVisible()
  await expect(lines).toHaveValue('1.1.1.0/24 443, 8443\n8.8.8.8/32')
  await holds(page, 'settings-egress')
})

test('who may not change the list sees it, and a smaller plan lets it only be given up', async ({ page, context, world, root, ann }) => {
  await onPlan(world, root, ann.org, 'enterprise')
  const rules = [{ cidr: '1.1.1.0/24', ports: [443] }]
  expect((await world.call('PATCH', `/orgs/${ann.org}`, { egress: rules }, ann.cookie)).status).toBe(200)
  const bob = await colleague(world, ann, 'Bob')
  await onPlan(world, root, ann.org, 'business')
  await visit(page, `/o/${ann.org}/settings`)
  await expect(part(page)).toContainText('It is kept and goes on to hold, but cannot be changed on this one.')
  await expect(part(page).getByText('1.1.1.0/24 443')).toBeVisible()
  await expect(part(page).locator('select, textarea')).toHaveCount(0)
  await holds(page, 'settings-egress-kept')
  await part(page).getByRole('button', { name: 'Open all of the internet' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open all of the internet' })
  await expect(dialog).toContainText('On this plan it cannot be made again.')
  await holds(page, 'settings-egress-give-up', { brief: true })
  await dialog.getByRole('button', { name: 'Open all of the internet' }).click()
  await expect(page.getByText('Saved. It holds within seconds.')).toBeVisible()
  await expect(part(page).getByText('1.1.1.0/24 443')).toHaveCount(0)
  await expect(part(page)).toContainText('All of the internet')
  expect((await world.call('PATCH', `/orgs/${ann.org}`, { egress: [] }, ann.cookie)).status).toBe(403)

  await onPlan(world, root, ann.org, 'enterprise')
  expect((await world.call('PATCH', `/orgs/${ann.org}`, { egress: rules }, ann.cookie)).status).toBe(200)
  await context.clearCookies()
  await signIn(context, world, bob)
  await visit(page, `/o/${ann.org}/settings`)
  await expect(page.getByText('1.1.1.0/24 443')).toBeVisible()
  await expect(page.getByLabel('May reach')).toHaveCount(0)
  await holds(page, 'settings-egress-others', { brief: true })
})
