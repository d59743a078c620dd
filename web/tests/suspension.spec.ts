import type { Locator } from '@playwright/test'

import { colleague, expect, holds, signIn, test, visit } from './world'

const reason = 'The last three invoices are open.'
const second = 'Two invoices are open still.'

// What the owner of a suspended organization can still press on its pages. Everything else there is
// disabled, or not there.
const open = /^(Download as |Details of number|Copy|Clear filters|Show |Delete this organization)/
const pages = [
  ['overview', '', true],
  ['teams', '/teams', true],
  ['people', '/people', true],
  ['people-invitations', '/people?tab=invitations', true],
  ['people-removed', '/people?tab=removed', true],
  ['usage', '/usage', true],
  ['audit', '/audit', true],
  ['isolation', '/isolation', true],
  ['settings', '/settings', true],
  ['team', '/t/default', true],
  ['team-new', '/t/default/new', true],
  ['team-people', '/t/default/people', true],
  ['team-access', '/t/default/access-review', true],
  ['team-settings', '/t/default/settings', true],
  ['deployment', '/t/default/d/web', true],
  ['deployment-settings', '/t/default/d/web?tab=settings', true],
  // The rights can be read, as all can be exported; the reviews of them cannot.
  ['access', '/access-review', false],
] as const

// Those that look different then.
const pictured = new Set<string>(['overview', 'people', 'settings', 'team', 'deployment'])

const enabled = async (of: Locator) => {
  const names: string[] = []
  for (const one of await of.getByRole('button', { disabled: false }).all())
    names.push((await one.getAttribute('aria-label')) ?? (await one.innerText()))
  return names
}

test('an administrator suspends an organization; its people see why on every page, and can change nothing until it is lifted', async ({ page, world, root, ann, deploy, browser }) => {
  test.slow()
  await deploy('web')
  const bob = await colleague(world, ann, 'Bob Builder', [{ team: 'default', role: 'developer' }])
  const above = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  await signIn(above, world, root)
  const admin = await above.newPage()
  await admin.goto(`/platform?name=${ann.org}`)
  const row = admin.getByRole('row', { name: new RegExp(ann.email) })
  await expect(row).toContainText('Active')
  const act = async (name: string) => {
    await row.getByRole('button', { name: /^Actions for/ }).click()
    await admin.getByRole('menuitem', { name }).click()
  }

  // Looked at, and left as it was.
  await act('Suspend')
  const dialog = admin.getByRole('dialog')
  await expect(dialog).toContainText('The owner gets a mail with the reason.')
  await holds(admin, 'suspend')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(row).toContainText('Active')
  await act('Suspend')
  await dialog.getByRole('button', { name: 'Suspend' }).click()
  await expect(dialog.getByLabel('Reason')).toBeFocused()
  await expect(dialog.getByLabel('Reason')).toHaveAccessibleDescription(/Please fill this in\./)
  await dialog.getByLabel('Reason').fill(reason)
  await dialog.getByRole('button', { name: 'Suspend' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(row).toContainText('Suspended')
  await expect(row).toContainText(reason)
  await holds(admin, 'platform-suspended')

  const paused = page.getByRole('region', { name: 'This organization is suspended' })
  const main = page.getByRole('main')
  for (const [name, path, looked] of pages) {
    await visit(page, `/o/${ann.org}${path}`)
    await expect(paused).toContainText(reason)
    if (looked) await expect(page.getByRole('alert')).toHaveCount(0)
    expect((await enabled(main)).filter((one) => !open.test(one)), path).toEqual(looked ? [] : ['Try again'])
    if (pictured.has(name)) await holds(page, `${name}-suspended`, { brief: true })
  }
  await page.goto(`/o/${ann.org}/people`)
  await expect(page.getByRole('button', { name: 'Invite people' })).toHaveAccessibleDescription(
    'Not while the organization is suspended.',
  )
  await page.goto(`/o/${ann.org}/settings`)
  await expect(page.getByRole('term').filter({ hasText: 'Name of the organization' })).toBeVisible()
  await expect(page.getByLabel('Name of the organization')).toHaveCount(0)
  await page.goto(`/o/${ann.org}/t/default/d/web`)
  const status = page.getByRole('status', { name: 'How it is doing' })
  await expect(status).toContainText('The organization is suspended')
  // Nor does the palette lead to what would be refused.
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('option', { name: /Default/ })).toHaveCount(1)
  await page.keyboard.press('Escape')
  // Whoever has less to say there is told the same.
  const his = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  await signIn(his, world, bob)
  const other = await his.newPage()
  await other.goto(`/o/${ann.org}/t/default`)
  await expect(other.getByRole('region', { name: 'This organization is suspended' })).toContainText(reason)
  await expect(other.getByRole('button', { name: 'New deployment' })).toHaveAccessibleDescription(
    'Not while the organization is suspended.',
  )
  await his.close()

  await act('Change the reason')
  await expect(dialog.getByLabel('Reason')).toHaveValue(reason)
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
  await dialog.getByLabel('Reason').fill(second)
  await holds(admin, 'suspension-reason', { brief: true })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(row).toContainText(second)
  // The page that is open the while learns of it by itself.
  await expect(paused).toContainText(second)

  await act('Lift the suspension')
  await expect(dialog).toContainText(second)
  await holds(admin, 'suspension-lift', { brief: true })
  await dialog.getByRole('button', { name: 'Lift the suspension' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(row).toContainText('Active')
  await expect(paused).toHaveCount(0)
  await expect(status).toContainText('Everything answers')
  await expect(page.getByRole('button', { name: 'Restart' })).toBeEnabled()
  await above.close()
})

test('what a suspension does is said in German too', async ({ page, context, world, root, ann }) => {
  await context.clearCookies()
  await signIn(context, world, root)
  await context.addCookies([{ name: 'locale', value: 'de', url: world.url }])
  await page.goto(`/platform?name=${ann.org}`)
  await page.getByRole('button', { name: /^Aktionen für/ }).click()
  await page.getByRole('menuitem', { name: 'Sperren' }).click()
  await expect(page.getByRole('dialog')).toContainText('Wem sie gehört, bekommt eine Mail mit dem Grund.')
  await holds(page, 'suspend-de', { brief: true })
})
