import { expect, holds, onPlan, signIn, test } from './world'

test('an administrator finds an organization and raises its plan, and at once more fits', async ({ page, context, world, root, ann }) => {
  test.slow()
  await context.clearCookies()
  await signIn(context, world, root)
  await page.goto('/orgs')
  await page.getByRole('button', { name: /Switch$/ }).click()
  await page.getByRole('menuitem', { name: 'Platform' }).click()
  await expect(page).toHaveURL('/platform')
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await holds(page, 'platform-orgs')
  await page.getByLabel('Search by name or short name').fill(ann.org)
  await expect(page).toHaveURL(/name=/)
  const row = page.getByRole('row', { name: new RegExp(`${ann.org}$|${ann.org} `) })
  await expect(row).toContainText('Business')
  await expect(row).toContainText(ann.email)
  await row.getByRole('button', { name: /^Actions for/ }).click()
  // There is an owner who can act.
  await expect(page.getByRole('menuitem', { name: 'Appoint an owner' })).toHaveCount(0)
  await page.getByRole('menuitem', { name: 'Set the plan' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Set the plan' })).toBeDisabled()
  await dialog.getByLabel('Plan').selectOption('enterprise')
  await expect(dialog).toContainText('No limit')
  for (const limit of ['Deployments', 'Seats', 'Teams', 'CPU', 'Memory', 'Storage', 'Replicas of a service'])
    await expect(dialog.getByRole('term').filter({ hasText: new RegExp(`^${limit}$`) })).toHaveCount(1)
  await holds(page, 'platform-plan', { brief: true })
  await dialog.getByRole('button', { name: 'Set the plan' }).click()
  await expect(row).toContainText('Enterprise')
  const usage = (await (await world.call('GET', `/orgs/${ann.org}/usage`, undefined, ann.cookie)).json()) as { plan: string }
  expect(usage.plan).toBe('enterprise')
  await page.getByLabel('Search by name or short name').fill('nobody has this')
  await expect(page.getByText('No organization', { exact: true })).toBeVisible()
})

test('what a smaller plan is too small for is told before it is set', async ({ page, context, world, root, ann, deploy }) => {
  test.slow()
  await deploy('web')
  await deploy('shop')
  await context.clearCookies()
  await signIn(context, world, root)
  await page.goto(`/platform?name=${ann.org}`)
  const row = page.getByRole('row', { name: new RegExp(`${ann.org}$|${ann.org} `) })
  await row.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Set the plan' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Plan').selectOption('enterprise')
  await expect(dialog.getByRole('button', { name: 'Set the plan' })).toBeEnabled()
  await expect(dialog.getByRole('status')).toHaveCount(0)
  await dialog.getByLabel('Plan').selectOption('free')
  await expect(dialog.getByRole('status')).toContainText('Deployments: 2 of 1 in use.')
  await expect(dialog.getByRole('status')).toContainText('All of it stays and goes on running')
  await holds(page, 'platform-plan-over', { brief: true })
  await dialog.getByRole('button', { name: 'Set the plan' }).click()
  await expect(row).toContainText('Free')
})

test('deployments that stand above a smaller plan are counted before it is set', async ({ page, context, world, root, ann, deploy }) => {
  test.slow()
  await onPlan(world, root, ann.org, 'enterprise')
  await deploy('shop', { image: 'nginx:1', replicas: 6 })
  await context.clearCookies()
  await signIn(context, world, root)
  await page.goto(`/platform?name=${ann.org}`)
  const row = page.getByRole('row', { name: new RegExp(`${ann.org}$|${ann.org} `) })
  await row.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Set the plan' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Plan').selectOption('free')
  await expect(dialog.getByRole('status')).toContainText('One deployment has a service of more replicas than the plan allows.')
})

test('a list of ranges that a smaller plan keeps is told before it is set', async ({ page, context, world, root, ann }) => {
  await onPlan(world, root, ann.org, 'enterprise')
  await world.call('PATCH', `/orgs/${ann.org}`, { egress: [{ cidr: '9.9.9.9' }, { cidr: '8.8.8.8' }] }, ann.cookie)
  await context.clearCookies()
  await signIn(context, world, root)
  await page.goto(`/platform?name=${ann.org}`)
  const row = page.getByRole('row', { name: new RegExp(`${ann.org}$|${ann.org} `) })
  await row.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Set the plan' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Plan').selectOption('business')
  await expect(dialog.getByRole('status')).toContainText('limited to a list of 2 ranges')
  await holds(page, 'platform-plan-egress', { brief: true })
})

test('the pages of the platform are readable by everybody, and there for administrators alone', async ({ page, context, world, root, ann }) => {
  test.slow()
  const paths = ['', '/plans', '/isolation', '/cluster']
  for (const path of paths) {
    await page.goto(`/platform${path}`)
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  }
  // Who needs more is not sent to a contact that nobody has set up.
  await page.goto(`/o/${ann.org}/usage`)
  await expect(page.getByText('No contact for support is set up on this installation.')).toBeVisible()
  await world.call('POST', `/orgs/${ann.org}/teams/default/deployments`, { name: 'web', template: 'nginx' }, ann.cookie)
  await context.clearCookies()
  await signIn(context, world, root)
  for (const path of paths.slice(1)) {
    await page.goto(`/platform${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await holds(page, `platform${path.replace('/', '-')}`)
  }
  await expect(page.getByText('Everything works')).toBeVisible()
  await page.goto('/platform/plans')
  await expect(page.getByRole('row', { name: /Deployments/ })).toContainText('No limit')
  await expect(page.getByText('No contact and no hours of support are set up')).toBeVisible()
  // In the same words as on the pages of the isolation.
  await expect(page.getByRole('row', { name: /^Isolation/ })).toContainText('Isolated from other organizations')
  await page.goto('/platform/isolation')
  await page.getByLabel('Sandboxes').selectOption('Only with findings')
  await expect(page).toHaveURL(/state=exposed/)
  await expect(page.getByText('No sandbox', { exact: true })).toBeVisible()

  // A part that does not work is named.
  await page.route('**/readyz', (route) =>
    route.fulfill({ status: 503, json: { status: 'unavailable', checks: { database: 'ok', cluster: 'unavailable' } } }),
  )
  await page.goto('/platform/cluster')
  await expect(page.getByText('Something does not work')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'Cluster' }).last()).toContainText('Not available')
})

test('on a simulated cluster every page says so, signed in or not', async ({ page, context, ann }) => {
  for (const path of [`/o/${ann.org}`, '/orgs', '/account', '/o/nobody-has-this']) {
    await page.goto(path)
    await expect(page.getByText('Simulated cluster').first()).toBeVisible()
  }
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`/o/${ann.org}/people`)
  await expect(page.getByRole('banner').getByText('Simulated cluster')).toBeVisible()
  await context.clearCookies()
  for (const path of ['/login', '/signup', '/reset#x', '/no/such/page']) {
    await page.goto(path)
    await expect(page.getByText('Simulated cluster').first()).toBeVisible()
  }
})
