import { gzipSync } from 'node:zlib'

import type { Page } from '@playwright/test'

import { still } from './world'

export const KB = 1024

export interface Cost {
  // Milliseconds until the largest part of the page was there.
  paint: number
  // How much of it jumped.
  shift: number
  // Addresses of the scripts that it needs.
  scripts: string[]
}

interface Seen {
  paint: number
  shift: number
}

// Has each document of this page watch its own paints and shifts.
export const watchPaint = (page: Page) =>
  page.addInitScript(() => {
    const seen: Seen = { shift: 0, paint: 0 }
    Object.assign(window, { seen })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) seen.shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.paint = entry.startTime
    }).observe({ type: 'largest-contentful-paint', buffered: true })
  })

export async function cost(page: Page): Promise<Cost> {
  await still(page)
  await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.paint > 0)
  return page.evaluate(() => ({
    ...(window as unknown as { seen: Seen }).seen,
    scripts: performance
      .getEntriesByType('resource')
      .map((one) => one.name)
      .filter((name) => name.endsWith('.js')),
  }))
}

// Of scripts as they are sent; each is asked for once, for its name has the digest of what it is.
const sizes = new Map<string, Promise<number>>()
export async function packed(scripts: Iterable<string>): Promise<number> {
  let sum = 0
  for (const url of new Set(scripts)) {
    const size =
      sizes.get(url) ??
      fetch(url)
        .then((reply) => reply.arrayBuffer())
        .then((body) => gzipSync(Buffer.from(body)).length)
    sizes.set(url, size)
    sum += await size
  }
  return sum
}
