import { colleague, expect, holds, onPlan, signIn, taken, test, visit } from './world'

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
  await page.goto(`/o/${ann.org}/audit`)
  const table = page.getByRole('table', { name: 'Audit log' })
  await expect(table.getByRole('row', { name: /Created team Shop/ })).toContainText('Ann Example')
  await expect(table.getByRole('row', { name: /Joined as member/ }).filter({ hasText: 'Bob Builder' })).toHaveCount(1)
  // Who is not in it has no name there, but is somebody all the same.
  await expect(table.getByRole('row', { name: /Joined as member/ }).filter({ hasText: 'A former member' })).toHaveCount(1)
  await expect(table.getByRole('row', { name: /Changed the plan/ })).toContainText("The installation's administrators")
  await holds(page, 'audit')

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

