import { gzipSync } from 'node:zlib'

import { appDe } from '../src/i18n/app_de'
import { appEn } from '../src/i18n/app_en'
import { expect, test } from './world'

const KB = 1024
const paths = [
  '/teams',
  '/t/default/people',
  '/t/default/settings',
  '/people?tab=removed',
  '/access-review',
  '/audit',
  '/isolation',
]

test('each page of teams, rights, log and isolation is small, soon there, and does not jump', async ({ page, ann }) => {
  test.slow()
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
  const sizes = new Map<string, number>()
  const reading: Promise<void>[] = []
  page.on('response', (response) => {
    const url = response.url()
    if (!url.endsWith('.js') || sizes.has(url)) return
    sizes.set(url, 0)
    reading.push(
      response.body().then(
        (body) => void sizes.set(url, gzipSync(body).length),
        // The page was left before it had come; it comes again.
        () => void sizes.delete(url),
      ),
    )
  })
  const read = async () => {
    await page.waitForLoadState('networkidle')
    await Promise.all(reading)
    return [...sizes.values()].reduce((a, b) => a + b, 0)
  }
  await page.goto(`/o/${ann.org}`)
  let before = await read()
  for (const path of paths) {
    let best = Infinity
    // The best of three: what else the machine does is not the page's.
    for (let tries = 0; tries < 3 && best > 1000; ++tries) {
      await page.goto(`/o/${ann.org}${path}`)
      const after = await read()
      expect(after - before, path).toBeLessThan(60 * KB)
      before = after
      const { shift, paint } = await page.evaluate(() => (window as unknown as { seen: { shift: number; paint: number } }).seen)
      expect(shift, path).toBeLessThan(0.02)
      best = Math.min(best, paint)
    }
    expect(best, path).toBeLessThan(1000)
  }
})

test.describe('in German', () => {
  test.use({ locale: 'de-DE' })
  test('each page of teams, rights, log and isolation is German', async ({ page, ann }) => {
    const german: Record<string, string> = appDe
    const english = Object.entries(appEn)
      .filter(([key, text]) => text.length > 7 && !text.includes('{{') && german[key] !== text)
      .map(([, text]): string => text)
    const spoken = new Set<string>(Object.values(german))
    for (const path of paths) {
      await page.goto(`/o/${ann.org}${path}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await page.waitForLoadState('networkidle')
      const lines = (await page.locator('body').innerText()).split('\n')
      expect(lines.filter((line) => english.includes(line) && !spoken.has(line)), path).toEqual([])
      expect(lines.some((line) => spoken.has(line)), path).toBe(true)
    }
  })
})
