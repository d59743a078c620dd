import { address, expect, holds, password, signIn, test } from './world'

async function invite(page: import('@playwright/test').Page, org: string, email: string) {
  await page.goto(`/o/${org}/people`)
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite people' })
  await dialog.getByLabel('E-mail addresses').fill(email)
  await dialog.getByLabel('Default').selectOption('Developer')
  await dialog.getByRole('button', { name: 'Send invitations' }).click()
  await expect(dialog.getByText('Invited', { exact: true })).toBeVisible()
}

test('a person without an account joins by the mailed link, and both see it', async ({ page, world, ann, browser }) => {
  const email = address('bob')
  await invite(page, ann.org, email)
  await page.getByRole('button', { name: 'See invitations' }).click()
  await expect(page).toHaveURL(/tab=invitations/)
  await expect(page.getByRole('row', { name: new RegExp(email) })).toContainText('Pending')

  const bobs = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  const bob = await bobs.newPage()
  await bob.goto(await world.link(email, '/invitation'))
  await expect(bob.getByText('signing up accepts the invitation')).toBeVisible()
  await expect(bob.getByLabel('E-mail address')).toHaveValue(email)
  await holds(bob, 'invitation-sign-up')
  // Opening it has accepted nothing.
  await page.reload()
  await expect(page.getByRole('row', { name: new RegExp(email) })).toContainText('Pending')
  await bob.getByLabel('Name').fill('Bob Builder')
  await bob.getByLabel('Password', { exact: true }).fill(password)
  await bob.getByRole('button', { name: /^Sign up and join/ }).click()
  await expect(bob).toHaveURL(new RegExp(`/o/${ann.org}$`))
  await expect(bob.getByRole('row', { name: /Default/ })).toContainText('Developer')

  await page.getByRole('tab', { name: 'Members' }).click()
  await expect(page.getByRole('row', { name: /Bob Builder/ })).toContainText('Member')
  // His role changes, and then he is removed, with his name typed.
  await page.getByRole('button', { name: 'Actions for Bob Builder' }).click()
  await page.getByRole('menuitem', { name: 'Change role' }).click()
  await page.getByRole('dialog').getByLabel('Role').selectOption('Administrator')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('row', { name: /Bob Builder/ })).toContainText('Administrator')
  await page.getByRole('button', { name: 'Actions for Bob Builder' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove Bob Builder' })
  await expect(dialog.getByRole('button', { name: 'Remove' })).toBeDisabled()
  await dialog.getByLabel('Type “Bob Builder” to confirm').fill('Bob Builder')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByRole('row', { name: /Bob Builder/ })).toHaveCount(0)
  await bob.reload()
  await expect(bob.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await bobs.close()
})

test('who is signed in joins with one click; who is somebody else is told so', async ({ page, world, ann, browser }) => {
  const cleo = await world.account(address('cleo'), 'Cleo')
  await invite(page, ann.org, cleo.email)
  const link = await world.link(cleo.email, '/invitation')

  await page.goto(link)
  await expect(page.getByText(`You are signed in as ${ann.email}`)).toBeVisible()
  await expect(page.getByRole('main')).not.toContainText(cleo.email)
  await holds(page, 'invitation-wrong-account')

  const hers = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  await signIn(hers, world, cleo)
  const other = await hers.newPage()
  await other.goto(link)
  await expect(other.getByText('Nothing has happened by opening this page.')).toBeVisible()
  await holds(other, 'invitation-accept')
  await other.getByRole('button', { name: /^Join / }).click()
  await expect(other).toHaveURL(new RegExp(`/o/${ann.org}$`))
  await other.goto(link)
  await expect(other.getByRole('heading', { name: /^You are a member of/ })).toBeVisible()
  await hers.close()
})

test('an account signs in from the link and is a member; another declines', async ({ page, world, ann, browser }) => {
  const dora = await world.account(address('dora'), 'Dora')
  await invite(page, ann.org, dora.email)
  const context = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  const other = await context.newPage()
  await other.goto(await world.link(dora.email, '/invitation'))
  await other.getByLabel('Password', { exact: true }).fill(password)
  await other.getByRole('button', { name: /^Sign in and join/ }).click()
  await expect(other).toHaveURL(new RegExp(`/o/${ann.org}$`))
  await context.close()

  const eve = await world.account(address('eve'), 'Eve')
  await invite(page, ann.org, eve.email)
  const hers = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  await signIn(hers, world, eve)
  const third = await hers.newPage()
  const link = await world.link(eve.email, '/invitation')
  await third.goto(link)
  await third.getByRole('button', { name: 'Decline' }).click()
  await third.getByRole('button', { name: 'Decline' }).click()
  await expect(third.getByRole('heading', { name: 'Invitation declined' })).toBeVisible()
  await third.goto('/orgs')
  await third.goto(link)
  await expect(third.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
  await hers.close()
})

test('a person without an account declines by the link, after being asked once more', async ({ page, world, ann, browser }) => {
  const email = address('una')
  await invite(page, ann.org, email)
  const link = await world.link(email, '/invitation')
  const hers = await browser.newContext({ baseURL: world.url, locale: 'de-DE' })
  const una = await hers.newPage()
  await una.goto(link)
  await una.getByRole('button', { name: 'Ablehnen' }).click()
  await expect(una.getByText('Diese Einladung ablehnen? Das ist endgültig')).toBeVisible()
  await holds(una, 'invitation-decline')
  await una.getByRole('button', { name: 'Abbrechen' }).click()
  await expect(una.getByText('Diese Einladung ablehnen?')).toHaveCount(0)
  await una.getByRole('button', { name: 'Ablehnen' }).click()
  await una.getByRole('button', { name: 'Ablehnen' }).click()
  await expect(una.getByRole('heading', { name: 'Einladung abgelehnt' })).toBeVisible()
  await hers.close()
  await page.goto(`/o/${ann.org}/people?tab=invitations&state=declined`)
  await expect(page.getByRole('row', { name: new RegExp(email) })).toContainText('Declined')
})

test('an invitation is sent again and revoked, and its link is dead then', async ({ page, world, ann }) => {
  const email = address('finn')
  await invite(page, ann.org, email)
  await page.getByRole('button', { name: 'See invitations' }).click()
  const link = await world.link(email, '/invitation')
  await page.getByRole('button', { name: `Revoke the invitation of ${email}` }).click()
  await expect(page.getByText('No invitations', { exact: true })).toBeVisible()
  await page.getByLabel('State').selectOption('Revoked')
  await expect(page).toHaveURL(/state=revoked/)
  await expect(page.getByRole('row', { name: new RegExp(email) })).toContainText('Revoked')
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
})

test('where no seat is free the page says which limit it is and who can raise it', async ({ page, context, world, ann }) => {
  const gil = await world.account(address('gil'), 'Gil')
  await invite(page, ann.org, gil.email)
  await context.clearCookies()
  await signIn(context, world, gil)
  await page.goto(await world.link(gil.email, '/invitation'))
  await page.route('**/api/v1/invitations/accept', (route) =>
    route.fulfill({
      status: 403,
      json: {
        type: 'x', title: 'x', status: 403, code: 'plan_limit_reached', feature: 'members.max', limit: 10,
        used: 10, requested: 1, plan: 'business', upgrade: { plan: 'enterprise', limit: null, url: '/' },
        can_upgrade: false, contacts: [{ name: 'Ann Example', role: 'org_owner' }], trace_id: 'x',
      },
    }),
  )
  await page.getByRole('button', { name: /^Join / }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('Seats: 10 of 10 in use.')
  await expect(alert).toContainText('The plan “enterprise” would allow it.')
  await expect(alert).toContainText('An administrator of this installation can give a larger plan.')
  await holds(page, 'invitation-full')
})
