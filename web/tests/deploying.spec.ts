import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { address, expect, holds, password, test, type Theme } from './world'

const images = fileURLToPath(new URL('../../docs/images', import.meta.url))

// For the README: made anew with KS_PICTURES=1, else kept with the rest of a run's pictures.
async function picture(page: import('@playwright/test').Page, name: string, theme: Theme = 'light') {
  await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme)
  const folder = process.env.KS_PICTURES ? images : test.info().outputPath()
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled', clip: { x: 0, y: 0, width: 1280, height: 720 } })
  await page.evaluate(() => (document.documentElement.dataset.theme = 'light'))
}

const hand = () => {
  const used = { clicks: 0, fields: new Set<EventTarget | null>() }
  Object.assign(window, { used })
  addEventListener('pointerdown', () => (used.clicks += 1), true)
  addEventListener('input', (event) => used.fields.add(event.target), true)
}

test('from a new account it is six clicks and three fields at most to something that is Ready', async ({ page, world }) => {
  const email = address('first')
  await page.goto('/signup')
  await page.getByLabel('Name').fill('Fay First')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.goto(await world.link(email, '/verify'))
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Fay First/ })).toBeVisible()
  await expect(page.getByRole('meter', { name: 'Deployments' })).toBeVisible()
  await page.evaluate(hand)
  await picture(page, 'organization')

  await page.getByRole('link', { name: /Deploy something/ }).click()
  await expect(page.getByRole('link', { name: /^nginx/ })).toBeVisible()
  await picture(page, 'templates')
  await page.getByRole('link', { name: /^nginx/ }).click()
  await expect(page.getByLabel('Name')).toHaveValue('nginx')
  await expect(page.getByRole('complementary', { name: 'What it takes of the plan' })).toContainText('0 of 1 left after it')
  await picture(page, 'new-deployment')
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page).toHaveURL(/\/t\/default\/d\/nginx$/)
  await expect(page.getByText('Everything answers')).toBeVisible()
  await expect(page.getByRole('main').getByText('Simulated cluster')).toBeVisible()
  const { clicks, fields } = await page.evaluate(() => {
    const { used } = window as unknown as { used: { clicks: number; fields: Set<unknown> } }
    return { clicks: used.clicks, fields: used.fields.size }
  })
  console.log(`from a new account to Ready: ${clicks} clicks, ${fields} fields`)
  expect(clicks).toBeGreaterThan(0)
  expect(clicks).toBeLessThanOrEqual(6)
  expect(fields).toBeLessThanOrEqual(3)
  await picture(page, 'deployment', 'dark')
})

test('somebody deploys by keyboard alone', async ({ page, ann }) => {
  await page.goto(`/o/${ann.org}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.type('New deployment in')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/t\/default\/new$/)
  const to = async (name: RegExp | string, role: 'link' | 'button') => {
    const target = page.getByRole('main').getByRole(role, { name })
    await expect(target).toBeVisible()
    for (let steps = 0; steps < 40 && !(await target.evaluate((one) => one === document.activeElement)); ++steps)
      await page.keyboard.press('Tab')
    await expect(target).toBeFocused()
    await page.keyboard.press('Enter')
  }
  await to(/^nginx/, 'link')
  await expect(page.getByLabel('Name')).toHaveValue('nginx')
  await to('Deploy', 'button')
  await expect(page.getByText('Everything answers')).toBeVisible()
})

test('what is wrong stands at its field; a draft outlives a reload and is not left unasked', async ({ page, ann }) => {
  await page.goto(`/o/${ann.org}/t/default/new`)
  await page.getByRole('link', { name: /^Your own image/ }).click()
  await page.getByLabel('Image', { exact: true }).fill('docker.io/library/Not An Image')
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page.getByLabel('Reachable')).toHaveAccessibleDescription(/without a port/)
  await page.getByLabel('Port').fill('8080')
  await expect(page.getByLabel('Reachable')).not.toHaveAccessibleDescription(/without a port/)
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('not-an-image')
  await page.getByLabel('Name', { exact: true }).fill('Shop_1')
  await page.getByLabel('CPU limit').fill('2')
  await page.getByLabel('Replicas').fill('2')
  await expect(page.getByRole('complementary', { name: 'What it takes of the plan' })).toContainText('takes 4 CPU')
  await page.getByRole('button', { name: 'Add a variable' }).click()
  await page.getByLabel('Name of variable 1').fill('1BAD')
  await page.getByLabel('Value of variable 1').fill('x')
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page.getByLabel('Image', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Value of variable 1')).toHaveAttribute('aria-invalid', 'true')
  // The topmost of them.
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await holds(page, 'image-wrong', { brief: true })

  await page.reload()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Shop_1')
  await expect(page.getByLabel('Name of variable 1')).toHaveValue('1BAD')
  // It may be a secret.
  await expect(page.getByLabel('Value of variable 1')).toHaveValue('')
  await page.getByRole('link', { name: 'Choose something else' }).click()
  const ask = page.getByRole('dialog', { name: 'Leave this page?' })
  await ask.getByRole('button', { name: 'Stay here' }).click()
  await page.getByLabel('Image', { exact: true }).fill('docker.io/library/shop:1')
  await page.getByLabel('Name', { exact: true }).fill('shop')
  await page.getByLabel('Name of variable 1').fill('GOOD')
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page).toHaveURL(/\/d\/shop$/)
  await expect(page.getByText('Everything answers')).toBeVisible()
  await expect(page.getByText('GOOD')).toBeVisible()
  // What was sent is no draft any more.
  await page.goto(`/o/${ann.org}/t/default/new?image=true`)
  await expect(page.getByLabel('Image', { exact: true })).toHaveValue('')
  await page.getByLabel('Image', { exact: true }).fill('docker.io/library/shop:1')
  await page.getByLabel('Port').fill('80')
  await page.getByLabel('Name', { exact: true }).fill('shop')
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/Is taken/)
})

test('secrets that a template makes are shown once', async ({ page, ann }) => {
  await page.goto(`/o/${ann.org}/t/default/new?template=postgresql`)
  await expect(page.getByLabel('Password of the owner')).toHaveAccessibleDescription(/one is made and shown once/)
  await holds(page, 'new-postgresql', { brief: true })
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page.getByRole('heading', { name: 'postgresql is on its way' })).toBeVisible()
  await expect(page.getByText('POSTGRES_PASSWORD')).toBeVisible()
  await holds(page, 'generated', { brief: true })
  await page.getByRole('link', { name: 'Overview' }).click()
  const asked = page.getByRole('dialog', { name: 'Leave without the secrets?' })
  await expect(asked).toContainText('nobody can read them again')
  await asked.getByRole('button', { name: 'Stay here' }).click()
  await expect(page.getByText('POSTGRES_PASSWORD')).toBeVisible()
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await expect(page.getByText('Everything answers')).toBeVisible()
  await expect(page.getByText('POSTGRES_PASSWORD')).toHaveCount(0)
})

test('a limit is said with what lifts it, and once it is raised the same form goes through', async ({ page, world, root, ann, deploy }) => {
  const plan = (to: string) => world.call('PUT', `/platform/orgs/${ann.org}/subscription`, { plan: to }, root.cookie)
  await plan('free')
  await deploy('web')
  await page.goto(`/o/${ann.org}/t/default`)
  await expect(page.getByText('The plan has no place for another deployment')).toBeVisible()
  await holds(page, 'deployments-full', { brief: true })
  await page.getByRole('link', { name: 'New deployment' }).click()
  await page.getByRole('link', { name: /^nginx/ }).click()
  await expect(page.getByText('Does not fit: 0 of 1 free')).toBeVisible()
  await page.getByRole('button', { name: 'Deploy' }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('Deployments: 1 of 1 in use.')
  await expect(alert.getByRole('meter', { name: 'Deployments' })).toBeVisible()
  await expect(alert).toContainText('The plan “business” would allow it.')
  await holds(page, 'new-over-limit', { brief: true })
  expect((await plan('business')).status).toBe(200)
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page).toHaveURL(/\/d\/nginx$/)
  await expect(page.getByText('Everything answers')).toBeVisible()
})
