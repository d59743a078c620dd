import { colleague, expect, signIn, test, visit } from './world'

// A browser at 200 % on a screen of 1280 by 800 lays out as many points as one of half the size.
const zoomed = { width: 640, height: 400 }

test('at 200 % nothing is cut off, and every page and dialog can be used', async ({ page, context, world, root, ann }) => {
  test.slow()
  const bob = await colleague(world, ann, 'Bob Builder', [{ team: 'default', role: 'viewer' }])
  await page.setViewportSize(zoomed)
  const fits = async (path: string) => {
    await visit(page, path)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wide, `${path}: scrolls sideways`).toBeLessThanOrEqual(0)
  }
  for (const path of ['', '/teams', '/people', `/people/${bob.id}`, '/t/default/people', '/t/default/settings', '/usage',
    '/access-review', '/audit', '/isolation', '/settings'])
    await fits(`/o/${ann.org}${path}`)

  // A dialog is as high as the screen allows, and its last button can be reached.
  for (const [path, opens, last] of [
    ['/people', 'Invite people', 'Cancel'],
    ['/teams', 'New team', 'Cancel'],
    [`/people/${bob.id}`, 'Remove', 'Cancel'],
  ] as const) {
    await page.goto(`/o/${ann.org}${path}`)
    await page.getByRole('button', { name: opens, exact: true }).click()
    const button = page.getByRole('dialog').getByRole('button', { name: last, exact: true })
    await button.scrollIntoViewIfNeeded()
    await expect(button).toBeInViewport()
    await page.screenshot({ path: test.info().outputPath(`zoom${path.split('/')[1] ?? ''}.png`), animations: 'disabled' })
    await button.click()
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
  await page.getByRole('button', { name: 'Open navigation' }).click()
  const last = page.getByRole('dialog').getByRole('button', { name: /^Account of/ })
  await last.scrollIntoViewIfNeeded()
  await expect(last).toBeInViewport()
  await page.keyboard.press('Escape')

  await context.clearCookies()
  for (const path of ['/login', '/signup']) await fits(path)
  await signIn(context, world, root)
  for (const path of ['/platform', '/platform/plans', '/platform/isolation', '/platform/cluster']) await fits(path)
})
