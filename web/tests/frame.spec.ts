import { colleague, expect, holds, password, signIn, test } from './world'

const pages: [string, string, RegExp][] = [
  ['overview', '', /./],
  ['people', '/people', /^People$/],
  ['people-invitations', '/people?tab=invitations', /^People$/],
  ['usage', '/usage', /^Usage and limits$/],
  ['settings', '/settings', /^Settings$/],
]

test('the pages of an organization are readable by everybody, in both themes, wide and narrow', async ({ page, ann }) => {
  test.slow()
  for (const [name, path, heading] of pages) {
    await page.goto(`/o/${ann.org}${path}`)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await holds(page, name)
  }
})

test('the pages of a person are readable by everybody, in both themes, wide and narrow', async ({ page, ann }) => {
  for (const [name, path, heading] of [
    ['organizations', '/orgs', 'Organizations'],
    ['account', '/account', 'Account and security'],
    ['no-organization', '/o/nobody-has-this', 'Organization not found'],
  ] as const) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await expect(page).toHaveTitle(new RegExp(`^${heading} `))
    await holds(page, name)
  }
  await page.goto(`/o/${ann.org}/t/default/new?template=nope`)
  await expect(page.getByRole('heading', { level: 1, name: 'Template not found' })).toBeVisible()
  await expect(page).toHaveTitle(/^Template not found /)
  expect(ann.org).not.toBe('')
})

test('a journey by keyboard alone: sign in, jump, list the keys, invite', async ({ page, world, ann, context }) => {
  await context.clearCookies()
  await page.goto('/login')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'To the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('E-mail address')).toBeFocused()
  await page.keyboard.type(ann.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: /Ann Example/ })).toBeVisible()

  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Search and jump' })).toBeVisible()
  await page.keyboard.type('Usage')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`/o/${ann.org}/usage`)
  await expect(page.getByRole('heading', { level: 1, name: 'Usage and limits' })).toBeVisible()

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await holds(page, 'keys')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await expect(page).toHaveURL(`/o/${ann.org}/people`)
  const invite = page.getByRole('button', { name: 'Invite people' })
  await expect(invite).toBeEnabled()
  for (let steps = 0; steps < 40 && !(await invite.evaluate((one) => one === document.activeElement)); ++steps)
    await page.keyboard.press('Tab')
  await expect(invite).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Invite people' })).toBeVisible()
  await holds(page, 'invite')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  // Writing into a field is not a command.
  await page.getByLabel('Search by name').focus()
  await page.keyboard.type('go?')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page).toHaveURL(/name=go/)
  expect(world.url).not.toBe('')
})

test('two tabs show two organizations, and reload and back lose nothing', async ({ page, context, world, ann }) => {
  await world.call('POST', '/orgs', { name: 'Second', slug: `second-${process.pid}` }, ann.cookie)
  await page.goto('/')
  await expect(page).toHaveURL('/orgs')
  const other = await context.newPage()
  await page.goto(`/o/${ann.org}/people?tab=invitations`)
  await other.goto(`/o/second-${process.pid}`)
  await expect(other.getByRole('heading', { level: 1, name: 'Second' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('tab', { name: 'Invitations' })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('tab', { name: 'Members' }).click()
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Invitations' })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('button', { name: /Switch$/ }).click()
  await page.getByRole('menuitem', { name: 'Second' }).click()
  await expect(page).toHaveURL(`/o/second-${process.pid}`)
})

test('an address with an old short name leads to the same page at the new one', async ({ page, world, ann }) => {
  const slug = `moved-${process.pid}`
  expect((await world.call('PATCH', `/orgs/${ann.org}`, { slug }, ann.cookie)).status).toBe(200)
  await page.goto(`/o/${ann.org}/people?name=ann`)
  await expect(page).toHaveURL(`/o/${slug}/people?name=ann`)
  await expect(page.getByRole('row', { name: /Ann Example/ })).toBeVisible()
})

test('what is used of the plan is as it is now on each page that one goes to', async ({ page, world, ann }) => {
  await page.goto(`/o/${ann.org}`)
  const teams = page.getByRole('listitem').filter({ hasText: /^Teams1/ })
  await expect(teams).toBeVisible()
  await world.call('POST', `/orgs/${ann.org}/teams`, { name: 'Elsewhere' }, ann.cookie)
  await page.getByRole('link', { name: 'Usage and limits', exact: true }).click()
  await expect(page.getByRole('listitem').filter({ hasText: /^Teams2/ })).toBeVisible()
  await world.call('POST', `/orgs/${ann.org}/teams`, { name: 'And again' }, ann.cookie)
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await expect(page.getByRole('listitem').filter({ hasText: /^Teams3/ })).toBeVisible()
  await expect(page.getByRole('link', { name: 'And again' })).toBeVisible()
})

test('on a narrow screen the navigation opens, goes and closes', async ({ page, ann }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`/o/${ann.org}`)
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await holdsNarrow(page)
  await page.getByRole('link', { name: 'People', exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible()
})
async function holdsNarrow(page: import('@playwright/test').Page) {
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.screenshot({ path: test.info().outputPath('drawer-360.png'), animations: 'disabled' })
}

test('a password is changed once it was given again, and other sessions end', async ({ page, world, ann, browser }) => {
  const second = await browser.newContext({ baseURL: world.url })
  const login = await world.call('POST', '/auth/login', { email: ann.email, password })
  await signIn(second, world, { ...ann, cookie: (login.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '' })
  const elsewhere = await second.newPage()
  await elsewhere.goto('/account')
  await expect(elsewhere.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(3)
  await page.goto('/account')
  await page.getByRole('button', { name: 'End all others' }).click()
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(2)
  await elsewhere.reload()
  await expect(elsewhere).toHaveURL(/\/login/)
  await second.close()

  await page.getByLabel('New password').fill('eight loud rivers wander')
  // As it is ten minutes after signing in.
  await page.route(
    '**/api/v1/me/password',
    (route) =>
      route.fulfill({
        status: 403,
        json: { type: 'x', title: 'x', status: 403, code: 'reauthentication_required', trace_id: 'x' },
      }),
    { times: 1 },
  )
  await page.getByRole('button', { name: 'Change password' }).click()
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('Password changed. Your other sessions have ended.')).toBeVisible()
  const again = await world.call('POST', '/auth/login', { email: ann.email, password: 'eight loud rivers wander' })
  expect(again.status).toBe(200)
})

test('a name and the language of mails are changed on the account page', async ({ page, ann }) => {
  await page.goto('/account')
  await page.getByLabel('Name').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/Please fill this in\./)
  await page.getByLabel('Name').fill('Anna Example')
  await page.getByLabel('Language of mails to you').selectOption('Deutsch')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Account of Anna Example' })).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Name')).toHaveValue('Anna Example')
  await expect(page.getByLabel('Language of mails to you')).toHaveValue('de')
  expect(ann.org).not.toBe('')
})

test('an organization is renamed; a change made meanwhile is not lost', async ({ page, world, ann }) => {
  await page.goto(`/o/${ann.org}/settings`)
  const form = page.locator('form', { has: page.getByLabel('Name of the organization') })
  await page.getByLabel('Name of the organization').fill('Ann and Friends')
  await world.call('PATCH', `/orgs/${ann.org}`, { name: 'Somebody was faster' }, ann.cookie)
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('Somebody changed this since you opened it.')
  await holds(page, 'settings-stale', { brief: true })
  await page.getByRole('button', { name: 'Load what is there' }).click()
  await expect(page.getByLabel('Name of the organization')).toHaveValue('Somebody was faster')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.getByLabel('Name of the organization').fill('Ann and Friends')
  await world.call('PATCH', `/orgs/${ann.org}`, { name: 'Faster again' }, ann.cookie)
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Send mine all the same' }).click()
  await expect(page.getByRole('button', { name: /Ann and Friends. Switch$/ })).toBeVisible()
})

test('a member is told which pages are not for their role, and not led to them', async ({ page, context, world, ann }) => {
  const ben = await colleague(world, ann, 'Ben')
  await context.clearCookies()
  await signIn(context, world, ben)
  await page.goto(`/o/${ann.org}/people`)
  await expect(page.getByText('This page is not for your role')).toBeVisible()
  await expect(page.getByText('Administrators of the organization see it.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invite people' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Teams' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'People' })).toHaveCount(0)
  await holds(page, 'people-not-allowed')
})

test('what was typed and not saved is not left without being asked', async ({ page, ann }) => {
  await page.goto(`/o/${ann.org}/settings`)
  await page.getByLabel('Name of the organization').fill('Half a thought')
  await page.getByRole('link', { name: 'Overview' }).click()
  const dialog = page.getByRole('dialog', { name: 'Leave this page?' })
  await dialog.getByRole('button', { name: 'Stay here' }).click()
  await expect(page.getByLabel('Name of the organization')).toHaveValue('Half a thought')
  await page.getByRole('link', { name: 'Overview' }).click()
  await dialog.getByRole('button', { name: 'Leave without saving' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Ann Example' })).toBeVisible()
})
