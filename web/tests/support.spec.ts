import { Installation } from './installation'
import { expect, holds, signIn, test, visit } from './world'

test('whom to ask for support is a link where somebody is held up, and nothing else', async ({ page, context }) => {
  const mail = "o'hara&cc=b@example.com"
  const url = "https://help.example.com/?a=1&b='onclick=window.ran=1'"
  const world = await Installation.start({ SUPPORT_MAIL: mail, SUPPORT_URL: url })
  try {
    const ann = await world.account('ann@example.com', 'Ann Example')
    await signIn(context, world, ann)
    const me = (await (await world.call('GET', '/me', undefined, ann.cookie)).json()) as { organizations: { slug: string }[] }
    const org = `${world.url}/o/${me.organizations[0]?.slug ?? ''}`
    for (const path of ['/usage', '/audit']) {
      await visit(page, org + path)
      await expect(page.getByRole('link', { name: mail })).toHaveAttribute('href', "mailto:o'hara%26cc%3Db@example.com")
      await expect(page.getByRole('link', { name: url })).toHaveAttribute('href', url)
      await expect(page.getByText('No contact for support')).toHaveCount(0)
      await holds(page, `support${path.replace('/', '-')}`)
    }
    expect(await page.evaluate(() => 'ran' in window)).toBe(false)
    await context.addCookies([{ name: 'locale', value: 'de', url: world.url }])
    await visit(page, `${org}/usage`)
    await expect(page.getByText('Unterstützung:')).toBeVisible()
  } finally {
    world.stop()
  }
})

test('without one, a page says so', async ({ page, ann }) => {
  await visit(page, `/o/${ann.org}/usage`)
  await expect(page.getByText('No contact for support is set up on this installation.')).toBeVisible()
})
