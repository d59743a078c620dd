import { colleague, expect, holds, onPlan, signIn, test, visit } from './world'

test('a team is made, filled, renamed and deleted with what runs in it', async ({ page, world, ann }) => {
  test.slow()
  await colleague(world, ann, 'Bob Builder')
  await page.goto(`/o/${ann.org}/teams`)
  await holds(page, 'teams')
  await page.getByRole('button', { name: 'New team' }).click()
  const making = page.getByRole('dialog', { name: 'New team' })
  await making.getByLabel('Short name').fill('Not A Slug')
  await making.getByRole('button', { name: 'Create team' }).click()
  // Both at once.
  await expect(making.getByLabel('Name of the team')).toHaveAccessibleDescription(/Please fill this in/)
  await expect(making.getByLabel('Short name')).toHaveAccessibleDescription(/May only have lower-case letters/)
  await making.getByLabel('Name of the team').fill('Shop')
  await making.getByRole('button', { name: 'Create team' }).click()
  await expect(making.getByLabel('Short name')).toBeFocused()
  await making.getByLabel('Short name').fill('')
  await making.getByLabel('Purpose').fill('The shop and its database')
  await holds(page, 'team-new', { brief: true })
  await making.getByRole('button', { name: 'Create team' }).click()
  await expect(page).toHaveURL(`/o/${ann.org}/t/shop/people`)
  await expect(page.getByText('The shop and its database')).toBeVisible()

  // Whoever makes a team administers it.
  const ids = page.getByRole('table', { name: 'People of the team' })
  await page.getByRole('button', { name: 'Add people' }).click()
  const adding = page.getByRole('dialog', { name: 'Add people' })
  await adding.getByLabel('First letters of a name, or an e-mail address').fill('bo')
  await adding.getByRole('radio', { name: /Bob Builder/ }).check()
  await holds(page, 'team-add', { brief: true })
  await adding.getByRole('button', { name: 'Add to the team' }).click()
  await expect(ids.getByRole('row', { name: /Bob Builder/ })).toContainText('Viewer')
  await holds(page, 'team-people')

  await page.getByRole('button', { name: 'Actions for Bob Builder' }).click()
  await page.getByRole('menuitem', { name: 'Change role' }).click()
  await page.getByRole('dialog').getByLabel('Role in the team').selectOption('Developer')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(ids.getByRole('row', { name: /Bob Builder/ })).toContainText('Developer')
  await page.getByRole('button', { name: 'Actions for Bob Builder' }).click()
  await page.getByRole('menuitem', { name: 'Take out of the team' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take out of the team' }).click()
  await expect(ids.getByRole('row', { name: /Bob Builder/ })).toHaveCount(0)

  await page.getByRole('navigation', { name: 'Team' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Name of the team').fill('Store')
  await page.getByLabel('Short name').fill('store')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(`/o/${ann.org}/t/store/settings`)
  await expect(page.getByRole('heading', { level: 1, name: 'Store' })).toBeVisible()
  await holds(page, 'team-settings')
  // Links of before lead on, wherever in the team they went.
  await page.goto(`/o/${ann.org}/t/shop/people?name=An`)
  await expect(page).toHaveURL(`/o/${ann.org}/t/store/people?name=An`)
  await expect(page.getByLabel('Search by name')).toHaveValue('An')
  await expect(page.getByText('Nobody in the team has a name that begins with that.')).toBeVisible()
  await page.goto(`/o/${ann.org}/t/shop/settings`)
  await expect(page).toHaveURL(`/o/${ann.org}/t/store/settings`)
  await expect(page.getByLabel('Short name')).toHaveValue('store')

  const made = await world.call('POST', `/orgs/${ann.org}/teams/store/deployments`, { name: 'web', template: 'nginx' }, ann.cookie)
  expect(made.status).toBe(201)
  await page.getByRole('button', { name: 'Delete this team' }).click()
  const ending = page.getByRole('dialog', { name: 'Delete this team' })
  await ending.getByLabel('Type “Store” to confirm').fill('Store')
  await expect(ending.getByRole('button', { name: 'Delete this team' })).toBeDisabled()
  await ending.getByRole('checkbox', { name: /It has 1 deployment\./ }).check()
  await holds(page, 'team-delete', { brief: true })
  await ending.getByRole('button', { name: 'Delete this team' }).click()
  await expect(page).toHaveURL(`/o/${ann.org}/teams`)
  await expect(page.getByRole('link', { name: 'Default' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Store' })).toHaveCount(0)
})

test('where the plan has no more teams the dialog says which limit it is and who can raise it', async ({ page, world, root, ann }) => {
  await onPlan(world, root, ann.org, 'free')
  for (const name of ['Two', 'Three'])
    expect((await world.call('POST', `/orgs/${ann.org}/teams`, { name }, ann.cookie)).status).toBe(201)
  await page.goto(`/o/${ann.org}/teams`)
  await page.getByRole('button', { name: 'New team' }).click()
  // Before anything is typed and sent.
  await expect(page.getByRole('dialog')).toContainText('The plan has no place for another team')
  await expect(page.getByRole('dialog')).toContainText('ask an administrator of this installation for a larger plan')
  await holds(page, 'team-full', { brief: true })
  await page.getByLabel('Name of the team').fill('Four')
  await page.getByRole('button', { name: 'Create team' }).click()
  const alert = page.getByRole('dialog').getByRole('alert')
  await expect(alert).toContainText('Teams: 3 of 3 in use.')
  await expect(alert).toContainText('An administrator of this installation can give a larger plan.')
})

test('long names and many rows stay within the page', async ({ page, world, root, ann }) => {
  test.slow()
  await onPlan(world, root, ann.org, 'enterprise')
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft und Söhne GmbH'
  for (let at = 0; at < 55; ++at) {
    const body = { name: at < 2 ? long : `Team ${at}`, slug: `t-${String(at).padStart(3, '0')}`, description: at < 2 ? long.repeat(5) : '' }
    expect((await world.call('POST', `/orgs/${ann.org}/teams`, body, ann.cookie)).status).toBe(201)
  }
  await world.call('PATCH', `/orgs/${ann.org}`, { name: long }, ann.cookie)
  await world.call('PATCH', '/me', { name: long }, ann.cookie)
  await page.goto(`/o/${ann.org}/teams`)
  await expect(page.getByRole('row')).toHaveCount(51)
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(page.getByRole('row')).toHaveCount(57)
  // A name is not squeezed to its letters by the purpose of another.
  const name = page.getByRole('link', { name: 'Team 30' })
  expect((await name.boundingBox())?.height).toBeLessThan(24)
  await holds(page, 'teams-many', { brief: true })
  for (const path of ['t/t-000/people', 'access-review', 'people']) {
    await page.goto(`/o/${ann.org}/${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await holds(page, `long-${path.replaceAll('/', '-')}`, { brief: true })
  }
})

test('the pages of a team are below the teams in the navigation', async ({ page, reader, context, world }) => {
  await signIn(context, world, reader)
  const navigation = page.getByRole('navigation', { name: 'Organization' })
  for (const path of ['/teams', '/t/default', '/t/default/new', '/t/default/people', '/t/default/settings', '/t/default/d/web']) {
    await visit(page, `/o/${reader.org}${path}`)
    const here = navigation.locator('[aria-current]')
    await expect(here, path).toHaveText('Teams')
    await expect(here, path).toHaveAttribute('data-status', 'active')
  }
})
