import { colleague, expect, holds, password, signIn, test } from './world'

test('ownership passes by an offer, who owned it before leaves, and what is deleted is restored', async ({ page, world, ann, browser }) => {
  test.slow()
  const bob = await colleague(world, ann, 'Bob Builder')
  const settings = `/o/${ann.org}/settings`
  await page.goto(settings)
  await expect(page.getByRole('button', { name: 'Leave this organization' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Leave this organization' })).toHaveAccessibleDescription(
    /Its owner cannot leave/,
  )
  await page.getByRole('button', { name: 'Offer ownership' }).click()
  const offering = page.getByRole('dialog', { name: 'Offer ownership' })
  await offering.getByLabel('E-mail address of a member').fill('nobody@example.com')
  await offering.getByRole('button', { name: 'Offer ownership' }).click()
  await expect(offering.getByRole('alert').or(offering.getByLabel('E-mail address of a member').and(page.locator('[aria-invalid]')))).toBeVisible()
  await offering.getByLabel('E-mail address of a member').fill(bob.email)
  await holds(page, 'ownership-offer', { brief: true })
  // As it is ten minutes after signing in.
  await page.route('**/ownership-offers', (route) => route.fulfill(late), { times: 1 })
  await offering.getByRole('button', { name: 'Offer ownership' }).click()
  await given(page)
  await expect(page.getByText('Ann Example offers this organization to Bob Builder.')).toBeVisible()

  const his = await browser.newContext({ baseURL: world.url, locale: 'en-GB' })
  await signIn(his, world, bob)
  const other = await his.newPage()
  await other.goto(settings)
  await expect(other.getByRole('button', { name: 'Delete this organization' })).toHaveAccessibleDescription(
    /Only its owner can\./,
  )
  await expect(other.getByRole('button', { name: 'Accept' })).toBeVisible()
  // With his leaving it would fall.
  await other.getByRole('button', { name: 'Leave this organization' }).click()
  const staying = other.getByRole('dialog', { name: 'Leave this organization' })
  await expect(staying).toContainText('Ann Example offers you this organization. That offer ends with your leaving, for good.')
  await holds(other, 'leave-with-offer', { brief: true })
  await staying.getByRole('button', { name: 'Cancel' }).click()
  // Where he looks first it stands too, and is answered there.
  await other.goto(`/o/${ann.org}`)
  const offered = other.getByRole('heading', { name: 'This organization is offered to you' })
  await expect(offered).toBeVisible()
  await expect(other.getByRole('button', { name: 'Decline' })).toBeVisible()
  await holds(other, 'offered-to-me')
  await other.getByRole('button', { name: 'Accept' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await expect(other.getByText('The organization is yours now.')).toBeVisible()
  await expect(offered).toHaveCount(0)

  // Nobody but him was told so there.
  await page.goto(`/o/${ann.org}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Ann Example' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'This organization is offered to you' })).toHaveCount(0)
  await page.goto(settings)
  await expect(page.getByRole('button', { name: 'Delete this organization' })).toBeDisabled()
  await page.getByRole('button', { name: 'Leave this organization' }).click()
  const leaving = page.getByRole('dialog', { name: 'Leave this organization' })
  await expect(leaving.getByRole('button', { name: 'Leave this organization' })).toBeDisabled()
  await leaving.getByLabel('Type “Ann Example” to confirm').fill('Ann Example')
  // Of nobody's offer is there anything to say.
  await expect(leaving).not.toContainText('offer')
  await holds(page, 'leave', { brief: true })
  await leaving.getByRole('button', { name: 'Leave this organization' }).click()
  await expect(page).toHaveURL('/orgs')
  await expect(page.getByText('You belong to no organization')).toBeVisible()
  await page.goto(settings)
  await expect(page.getByRole('heading', { name: /not found|not there for you/ })).toBeVisible()

  // What the new owner would end with it.
  const bobs = { ...bob, org: ann.org }
  const cleo = await colleague(world, bobs, 'Cleo')
  await world.call('POST', `/orgs/${ann.org}/ownership-offers`, { user: cleo.id }, bob.cookie)
  const asked = [{ email: 'one@example.com' }, { email: 'two@example.com' }]
  await world.call('POST', `/orgs/${ann.org}/invitations`, { invitations: asked }, bob.cookie)
  await other.goto(settings)
  await holds(other, 'settings-owner')
  await other.getByRole('button', { name: 'Delete this organization' }).click()
  const ending = other.getByRole('dialog', { name: 'Delete this organization' })
  await expect(ending).toContainText('2 pending invitations are revoked')
  await expect(ending).toContainText('Your offer of ownership to Cleo is withdrawn')
  await expect(ending).toContainText('You and the administrators get a mail')
  await ending.getByLabel('Type “Ann Example” to confirm').fill('Ann Example')
  await holds(other, 'delete-organization', { brief: true })
  await other.route(`**/api/v1/orgs/*`, (route) => route.request().method() === 'DELETE' ? route.fulfill(late) : route.fallback(), { times: 1 })
  await ending.getByRole('button', { name: 'Delete this organization' }).click()
  await given(other)
  await expect(other).toHaveURL('/orgs')
  const gone = other.getByRole('listitem').filter({ hasText: 'Gone for good' })
  await expect(gone).toContainText('Ann Example')
  await holds(other, 'organizations-deleted')
  // Any page of it says so, and leads back.
  await other.goto(settings)
  await expect(other.getByRole('heading', { name: 'Ann Example is being deleted' })).toBeVisible()
  await expect(other.getByRole('listitem')).toContainText('Gone for good')
  await holds(other, 'organization-deleted')
  await other.getByRole('button', { name: 'Restore Ann Example' }).click()
  await expect(other).toHaveURL(`/o/${ann.org}`)
  await expect(other.getByRole('heading', { level: 1, name: 'Ann Example' })).toBeVisible()
  await expect(other.getByRole('main')).toContainText('Active')
  await his.close()
})

const late = {
  status: 403,
  json: { type: 'x', title: 'x', status: 403, code: 'reauthentication_required', trace_id: 'x' },
}

async function given(page: import('@playwright/test').Page) {
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: 'Continue' }).click()
}
