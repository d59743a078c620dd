import { address, expect, holds, password, signIn, test } from './world'
import { Installation } from './installation'

test('a person signs up by a mailed link and sees their organization', async ({ page, world }) => {
  const email = address('new')
  await page.goto('/')
  await expect(page).toHaveURL('/login')
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Name').fill('Nora New')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible()

  const link = await world.link(email, '/verify')
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(/\/o\/[a-z0-9-]+$/)
  await expect(page.getByRole('heading', { level: 1, name: /Nora New/ })).toBeVisible()
  await expect(page.getByRole('meter', { name: 'Deployments' })).toBeVisible()

  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL('/login')
  // The link was used.
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
})

test('a page that wants somebody signed in leads to it after signing in', async ({ page, world }) => {
  const who = await world.account(address('back'), 'Bo Back')
  await page.goto('/account?x=1')
  await expect(page).toHaveURL(/\/login\?to=/)
  await page.getByLabel('E-mail address').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill('wrong but long enough')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toHaveText('Address or password are not right.')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/account/)
})

test('what is wrong stands at its field, and the first of them has the focus', async ({ page }) => {
  await page.goto('/signup')
  await page.getByRole('button', { name: 'Sign up' }).click()
  const name = page.getByLabel('Name')
  await expect(name).toBeFocused()
  await expect(name).toHaveAccessibleDescription('Please fill this in.')
  await name.fill('Cy')
  await page.getByLabel('E-mail address').fill('cy')
  await page.getByLabel('Password', { exact: true }).fill('passwordpassword')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('E-mail address')).toBeFocused()
})

test('a forgotten password is set anew by a mailed link', async ({ page, world }) => {
  const who = await world.account(address('lost'), 'Lou Lost')
  await page.goto('/login')
  await page.getByRole('link', { name: 'Forgotten your password?' }).click()
  await page.getByLabel('E-mail address').fill(who.email)
  await page.getByRole('button', { name: 'Send link' }).click()
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible()
  await page.goto(await world.link(who.email, '/reset'))
  await page.getByLabel('New password').fill('another long password')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail address').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill('another long password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Lou Lost/ })).toBeVisible()
})

test('an address is verified from the account page, and changed', async ({ page, world, context }) => {
  const who = await world.account(address('move'), 'Mo Move')
  await signIn(context, world, who)
  await page.goto('/account')
  const to = address('moved')
  await page.getByLabel('New address').fill(to)
  await page.getByRole('button', { name: 'Send link' }).click()
  await expect(page.getByRole('status').filter({ hasText: to })).toBeVisible()
  await page.goto(await world.link(to, '/address'))
  await page.getByRole('button', { name: 'Confirm address' }).click()
  await expect(page.getByText(`Your account has the address ${to} now.`)).toBeVisible()
  // Back by the link that went to the old address.
  await page.goto(await world.link(who.email, '/address/restore'))
  await page.getByLabel('New password').fill('another long password')
  await page.getByRole('button', { name: 'Take the address back' }).click()
  await expect(page.getByRole('heading', { name: 'Password set' })).toBeVisible()
})

test('where sign-up is open it is one step, and the first administrator is set up by a link', async ({ browser }) => {
  const open = await Installation.start({ SIGNUP: 'open' })
  try {
    const page = await browser.newPage({ baseURL: open.url, locale: 'en-GB' })
    await page.goto(`/setup#${open.setupToken}`)
    await expect(page.getByRole('heading', { name: 'Set up the first administrator' })).toBeVisible()
    await holds(page, 'setup-form')
    await page.getByLabel('Name').fill('Root')
    await page.getByLabel('E-mail address').fill('root@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    // There is nothing to look at yet, but where to begin.
    await expect(page).toHaveURL('/platform')
    await expect(page.getByText('No organization yet')).toBeVisible()
    await holds(page, 'platform-first')
    await page.getByRole('link', { name: 'Create an organization' }).click()
    await expect(page.getByText('You belong to no organization')).toBeVisible()
    await page.getByLabel('Name of the organization').fill('Root and Daughters')
    await page.getByRole('button', { name: 'Create organization' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Root and Daughters' })).toBeVisible()
    await page.context().clearCookies()
    // Used, it says so before anything is filled in.
    await page.goto('/login')
    await page.goto(`/setup#${open.setupToken}`)
    await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
    await expect(page.getByLabel('Name')).toHaveCount(0)

    await page.goto('/signup')
    await page.getByLabel('Name').fill('Pia')
    await page.getByLabel('E-mail address').fill('pia@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await expect(page).toHaveURL(/\/o\/pia/)
    // The address is taken now, and the page says so at its field.
    await page.context().clearCookies()
    await page.goto('/signup')
    await page.getByLabel('Name').fill('Pia')
    await page.getByLabel('E-mail address').fill('pia@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await expect(page.getByLabel('E-mail address')).toHaveAccessibleDescription(/taken/i)
    await page.close()
  } finally {
    open.stop()
  }
})

test('where nobody may sign up the page says how to get in', async ({ page }) => {
  await page.route('**/api/v1/config', async (route) => {
    const reply = await route.fetch()
    await route.fulfill({ json: { ...(await reply.json()), sign_up: 'closed' } })
  })
  await page.goto('/signup')
  await expect(page.getByRole('heading', { name: 'By invitation only' })).toBeVisible()
  await holds(page, 'sign-up-closed')
})

const views: [string, string, string][] = [
  ['sign-in', '/login', 'Sign in to K8s Scheduler'],
  ['sign-up', '/signup', 'Sign up for K8s Scheduler'],
  ['forgot', '/forgot', 'Forgotten password'],
  ['verify', '/verify#x', 'Confirm your address'],
  ['reset', '/reset#x', 'Set a new password'],
  ['restore', '/address/restore#x', 'Take your address back'],
  ['address', '/address#x', 'Confirm your address'],
  ['setup', '/setup#x', 'This link does not work'],
  ['invitation-unknown', '/invitation#x', 'This link does not work'],
  ['not-found', '/no/such/page', 'There is nothing here'],
]
for (const [name, path, heading] of views)
  test(`the page ${path} is readable by everybody, in both themes, wide and narrow`, async ({ page }) => {
    await page.goto(path)
    await expect(page.getByRole('heading', { name: heading })).toBeVisible()
    // What stands behind '#' stays there, and is told to nobody.
    expect(new URL(page.url()).hash).toBe(path.includes('#') ? '#x' : '')
    await holds(page, name)
  })
