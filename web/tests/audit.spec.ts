import type { Locator } from '@playwright/test'

import { colleague, expect, holds, onPlan, signIn, taken, test, visit } from './world'

// The words of up to so many letters that stand on two lines.
const broken = (of: Locator) =>
  of.evaluate((table) => {
    const most = 16
    const out: string[] = []
    const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode())
      for (const found of (node.textContent ?? '').matchAll(/\S+/g)) {
        const range = document.createRange()
        range.setStart(node, found.index)
        range.setEnd(node, found.index + found[0].length)
        const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.top)))
        if (found[0].length <= most && lines.size > 1) out.push(found[0])
      }
    return out
  })

test('what the log says is narrowed in the address, looked at and taken away', async ({ page, context, world, root, ann }) => {
  test.slow()
  const bob = await colleague(world, ann, 'Bob Builder')
  const cleo = await colleague(world, ann, 'Cleo')
  await world.call('DELETE', `/orgs/${ann.org}/members/${cleo.id}`, undefined, ann.cookie)
  await world.call('POST', `/orgs/${ann.org}/teams`, { name: 'Shop' }, ann.cookie)
  // What he may not do is in the log as well.
  expect((await world.call('PATCH', `/orgs/${ann.org}`, { name: 'Bob’s' }, bob.cookie)).status).toBe(403)
  await page.goto(`/o/${ann.org}/audit?from=xx`)
  await expect(page.getByLabel('From', { exact: true })).toHaveAccessibleDescription('This was no time, and is left out.')
  await expect(page.getByLabel('From', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  // What the server finds wrong stands at its field too, and is no failure of the page.
  await page.goto(`/o/${ann.org}/audit?actor=somebody&result=maybe&from=2026-03-02T10:00&until=2026-03-01T10:00`)
  await expect(page.getByLabel('Who')).toHaveAccessibleDescription('Must be the id of a user, or system.')
  await expect(page.getByLabel('From', { exact: true })).toHaveAccessibleDescription('Must not be later than until.')
  await expect(page.getByLabel('Outcome')).toHaveAccessibleDescription(/^The address asks for something else here/)
  await expect(page.getByRole('alert')).toContainText('Correct the filters that are marked, or clear them.')
  await holds(page, 'audit-filters-wrong', { brief: true })
  await page.getByLabel('Who').selectOption('Everybody')
  await expect(page.getByLabel('Who')).toHaveAccessibleDescription('')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(page.getByRole('alert')).toHaveCount(0)
  const table = page.getByRole('table', { name: 'Audit log' })
  await expect(table.getByRole('row', { name: /Created team Shop/ })).toContainText('Ann Example')
  await expect(table.getByRole('row', { name: /Joined as member/ }).filter({ hasText: 'Bob Builder' })).toHaveCount(1)
  // Who is not in it has no name there, but is somebody all the same.
  await expect(table.getByRole('row', { name: /Joined as member/ }).filter({ hasText: 'A former member' })).toHaveCount(1)
  await expect(table.getByRole('row', { name: /Changed the plan/ })).toContainText("The installation's administrators")
  await holds(page, 'audit')
  // Words stay whole where a column has room for one.
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 })
    expect(await broken(table), `at ${width}`).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })

  await page.getByLabel('Outcome').selectOption('Refused')
  await expect(page).toHaveURL(/result=denied/)
  await expect(table.getByRole('row')).toHaveCount(2)
  await expect(table.getByRole('row', { name: /Change the organization/ })).toContainText('Bob Builder')
  await page.getByLabel('Who').selectOption('Ann Example')
  await expect(page.getByText('Nothing fits these filters')).toBeVisible()
  await page.goBack()
  await expect(table.getByRole('row')).toHaveCount(2)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByLabel('Action', { exact: true }).selectOption('Create a team')
  await expect(page).toHaveURL(/action=teams/)
  await page.reload()
  await expect(page.getByLabel('Action', { exact: true })).toHaveValue('teams:create')
  // A team with the organization, and the shop.
  await expect(table.getByRole('row').filter({ hasText: 'Created team' }).first()).toBeVisible()
  // Only what the log can hold is there to choose from.
  await expect(page.getByLabel('Action', { exact: true }).getByRole('option', { name: 'Open a shell' })).toHaveCount(0)
  await page.getByRole('button', { name: /^Details of number/ }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Created team Shop: Done')
  await expect(dialog).toContainText('teams:create')
  // Names and what is made of them are kept as hashes, so that they can be forgotten.
  await expect(dialog).toContainText('hashed')
  await expect(dialog).not.toContainText('shop')
  await holds(page, 'audit-row', { brief: true })
  await dialog.getByRole('button', { name: 'Only this thing' }).click()
  await expect(page).toHaveURL(/target_id=/)
  const { pathname, search } = new URL(page.url())

  // To take it away is for a larger plan: said before anything is pressed, to whoever is there.
  for (const name of ['Download as CSV', 'Download as NDJSON']) {
    const button = page.getByRole('button', { name })
    await expect(button).toBeDisabled()
    await expect(button).toHaveAccessibleDescription(
      /^The plan “Business” does not have this: Export of the audit log\.\s*The plan “Enterprise” would allow it\.\s*An administrator of this installation can give a larger plan\.$/,
    )
  }
  await holds(page, 'audit-not-in-plan')
  expect((await world.call('PATCH', `/orgs/${ann.org}/members/${bob.id}`, { org_role: 'org_admin' }, ann.cookie)).status).toBe(200)
  await signIn(context, world, bob)
  await visit(page, `/o/${ann.org}/audit`)
  await expect(page.getByText('Ask Ann Example (Owner) for it.')).toBeVisible()
  await context.addCookies([{ name: 'locale', value: 'de', url: world.url }])
  await visit(page, `/o/${ann.org}/audit`)
  await expect(page.getByRole('button', { name: 'Als CSV herunterladen' })).toHaveAccessibleDescription(
    /^Der Tarif „Business“ hat das nicht: Export des Protokolls\.\s*Der Tarif „Enterprise“ würde es erlauben\.\s*Bitten Sie Ann Example \(Inhaberschaft\) darum\./,
  )
  await context.addCookies([{ name: 'locale', value: 'en', url: world.url }])
  await onPlan(world, root, ann.org, 'enterprise')
  await visit(page, pathname + search)
  const { file, text } = await taken(page, 'Download as CSV')
  expect(file).toMatch(/^audit-[0-9a-f-]{36}\.csv$/)
  expect(text).toContain('teams:create')
  expect(text).not.toContain('org:update')
})

