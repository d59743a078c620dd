import { gzipSync } from 'node:zlib'

import type { Page } from '@playwright/test'

import { appDe } from '../src/i18n/app_de'
import { appEn } from '../src/i18n/app_en'
import { de } from '../src/i18n/de'
import { en } from '../src/i18n/en'
import { cost, KB, packed, watchPaint } from './cost'
import { ofNobody, ofOrganization, ofPerson, ofPlatform } from './pages'
import { expect, holds, password, signIn, still, test, visit } from './world'

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

// How long a page takes is measured where nothing else runs (pages.bench.ts), and judged there.
async function measured(page: Page, paths: readonly string[]) {
  await watchPaint(page)
  let known: readonly string[] | null = null
  for (const path of paths) {
    await page.goto(path)
    const of = await cost(page)
    expect(of.shift, path).toBeLessThan(0.02)
    known ??= of.scripts
    const more = await packed(of.scripts.filter((one) => !known?.includes(one)))
    expect(more, path).toBeLessThan(60 * KB)
  }
}

test('each page of an organization is small and does not jump', async ({ page, context, world, reader }) => {
  await signIn(context, world, reader)
  await measured(page, ofOrganization.map((path) => `/o/${reader.org}${path}`))
})

test('each other page is small and does not jump', async ({ page, context, world, root }) => {
  await measured(page, ofNobody)
  await signIn(context, world, root)
  await measured(page, [...ofPerson, ...ofPlatform])
})

test.describe('in German', () => {
  test.use({ locale: 'de-DE' })
  test('everything is German from the first paint on, and the choice is kept', async ({ page, context, world, root, ann, deploy }) => {
    test.slow()
    await deploy('web')
    const german: Record<string, string> = { ...de, ...appDe }
    const english = Object.entries({ ...en, ...appEn })
      .filter(([key, text]) => text.length > 7 && !text.includes('{{') && german[key] !== text)
      .map(([, text]): string => text)
    const spoken = new Set<string>(Object.values(german))
    const speaks = async (paths: readonly string[]) => {
      for (const path of paths) {
        await visit(page, path)
        const lines = (await page.locator('body').innerText()).split('\n')
        expect(lines.filter((line) => english.includes(line) && !spoken.has(line)), path).toEqual([])
        expect(lines.some((line) => spoken.has(line)), path).toBe(true)
        expect(await page.locator('html').getAttribute('lang')).toBe('de')
      }
    }
    await speaks(ofNobody)
    await signIn(context, world, root)
    await speaks(ofPlatform)
    await signIn(context, world, ann)
    await speaks([...ofPerson, ...ofOrganization.map((path) => `/o/${ann.org}${path}`)])
    await visit(page, `/o/${ann.org}/settings`)
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
