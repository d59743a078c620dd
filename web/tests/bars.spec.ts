import { gzipSync } from 'node:zlib'

import { appDe } from '../src/i18n/app_de'
import { appEn } from '../src/i18n/app_en'
import { de } from '../src/i18n/de'
import { en } from '../src/i18n/en'
import { expect, holds, password, still, test } from './world'

const KB = 1024

test('the script before first use, and of each further page, is small', async ({ page, ann }) => {
  const sizes = new Map<string, number>()
  const seen: Promise<void>[] = []
  page.on('response', (response) => {
    if (!response.url().endsWith('.js')) return
    seen.push(response.body().then((body) => void sizes.set(response.url(), gzipSync(body).length)))
  })
  const loaded = async () => {
    await still(page)
    await Promise.all(seen)
    const sum = [...sizes.values()].reduce((a, b) => a + b, 0)
    sizes.clear()
    return sum
  }
  await page.context().clearCookies()
  await page.goto('/login')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const first = await loaded()
  console.log(`script before first use: ${Math.round(first / KB)} KB gzip`)
  expect(first).toBeLessThan(150 * KB)

  await page.getByLabel('E-mail address').fill(ann.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Ann/ })).toBeVisible()
  expect(await loaded()).toBeLessThan(60 * KB)
  for (const name of ['People', 'Usage and limits', 'Settings']) {
    await page.getByRole('link', { name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    expect(await loaded(), name).toBeLessThan(60 * KB)
  }
  await page.goto(`/o/${ann.org}`)
  await loaded()
  for (const [name, heading] of [['Default', 'Default'], ['New deployment', 'New deployment'], [/^nginx/, 'Deploy nginx']] as const) {
    await page.getByRole('main').getByRole('link', { name }).click()
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    expect(await loaded(), String(name)).toBeLessThan(60 * KB)
  }
  await page.getByRole('button', { name: 'Deploy' }).click()
  await expect(page.getByRole('tab', { name: 'Settings' })).toBeVisible()
  expect(await loaded()).toBeLessThan(60 * KB)
})

test('files are packed, kept for good and of the right kind; the document is of one reply', async ({ page, request }) => {
  const kinds: Record<string, string> = {
    js: 'text/javascript; charset=utf-8',
    css: 'text/css; charset=utf-8',
    svg: 'image/svg+xml',
  }
  const replies: [string, Record<string, string>][] = []
  page.on('response', (response) => replies.push([response.url(), response.headers()]))
  await page.goto('/login')
  await page.waitForLoadState('networkidle')
  const files = replies.filter(([url]) => url.includes('/assets/'))
  expect(files.length).toBeGreaterThan(2)
  for (const [url, headers] of files) {
    expect(headers['content-type'], url).toBe(kinds[url.split('.').pop() ?? ''])
    expect(headers['cache-control'], url).toBe('public, max-age=31536000, immutable')
    expect(headers['vary'], url).toContain('Accept-Encoding')
    if (Number(headers['content-length']) > KB) expect(headers['content-encoding'], url).toMatch(/^(br|gzip)$/)
  }
  const url = files.find(([one]) => one.endsWith('.js'))?.[0] ?? ''
  const gzip = await request.get(url, { headers: { 'Accept-Encoding': 'gzip' } })
  expect(gzip.headers()['content-encoding']).toBe('gzip')
  const plain = await request.get(url, { headers: { 'Accept-Encoding': 'identity' } })
  expect(plain.headers()['content-encoding']).toBeUndefined()
  expect(await gzip.text()).toBe(await plain.text())

  const policy = replies[0]?.[1]['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(replies[0]?.[1]['cache-control']).toBe('no-store')
})

test('a page is there within a second and does not jump', async ({ page, ann, deploy }) => {
  await deploy('web')
  await page.addInitScript(() => {
    const seen = { shift: 0, paint: 0 }
    Object.assign(window, { seen })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) seen.shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.paint = entry.startTime
    }).observe({ type: 'largest-contentful-paint', buffered: true })
  })
  for (const path of ['', '/people', '/usage', '/settings', '/t/default', '/t/default/new', '/t/default/new?template=nginx', '/t/default/d/web', '/t/default/d/web?tab=settings']) {
    let best = Infinity
    // The best of three: what else the machine does is not the page's.
    for (let tries = 0; tries < 3 && best > 1000; ++tries) {
      await page.goto(`/o/${ann.org}${path}`)
      await still(page)
      const { shift, paint } = await page.evaluate(() => (window as unknown as { seen: { shift: number; paint: number } }).seen)
      expect(shift, path).toBeLessThan(0.02)
      best = Math.min(best, paint)
    }
    expect(best, path).toBeLessThan(1000)
  }
})

test.describe('in German', () => {
  test.use({ locale: 'de-DE' })
  test('everything is German from the first paint on, and the choice is kept', async ({ page, ann, deploy }) => {
    test.slow()
    await deploy('web')
    const german: Record<string, string> = { ...de, ...appDe }
    const english: string[] = Object.entries({ ...en, ...appEn })
      .filter(([key, text]) => text.length > 7 && !text.includes('{{') && german[key] !== text)
      .map(([, text]) => text)
    const spoken = new Set<string>(Object.values(german))
    for (const path of ['/orgs', '/account', `/o/${ann.org}`, `/o/${ann.org}/people`, `/o/${ann.org}/usage`, `/o/${ann.org}/settings`, ...['', '/new', '/new?template=postgresql', '/new?image=true', '/d/web', '/d/web?tab=settings'].map((part) => `/o/${ann.org}/t/default${part}`)]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await still(page)
      const lines = (await page.locator('body').innerText()).split('\n')
      expect(lines.filter((line) => english.includes(line) && !spoken.has(line)), path).toEqual([])
      expect(await page.locator('html').getAttribute('lang')).toBe('de')
    }
    await holds(page, 'settings-de')
    await page.goto(`/o/${ann.org}`)
    await holds(page, 'overview-de')
    await page.goto(`/o/${ann.org}/t/default/d/web?tab=settings`)
    await holds(page, 'deployment-settings-de', { brief: true })
    await page.goto(`/o/${ann.org}`)
    await page.getByRole('complementary').getByLabel('Sprache').selectOption('English')
    await expect(page.getByRole('link', { name: 'People', exact: true })).toBeVisible()
    await page.reload()
    await expect(page.getByRole('link', { name: 'People', exact: true })).toBeVisible()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')

    await page.context().clearCookies()
    await page.goto('/signup')
    await page.getByRole('button', { name: 'Registrieren' }).click()
    await expect(page.getByLabel('Name')).toHaveAccessibleDescription('Bitte ausfüllen.')
    await holds(page, 'sign-up-de')
  })
})

test('the chosen theme is there before any script runs', async ({ page, context, world }) => {
  await context.addCookies([{ name: 'theme', value: 'dark', url: world.url }])
  await page.route('**/*.js', (route) => route.abort())
  await page.goto('/login')
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
})
