// What the pages take, in one browser with nothing beside it: the tables of web/README.md. A bar that
// is missed is told, and the tables are printed to their end.
import type { Page } from '@playwright/test'

import { cost, KB, packed, watchPaint } from './cost'
import { ofNobody, ofOrganization, ofPerson, ofPlatform } from './pages'
import { expect, signIn, test } from './world'

async function measured(page: Page, paths: readonly string[]) {
  await watchPaint(page)
  let known: readonly string[] | null = null
  for (const path of paths) {
    const paints: number[] = []
    let shift = 0
    let scripts: string[] = []
    for (let tries = 0; tries < 5; ++tries) {
      await page.goto(path)
      const of = await cost(page)
      paints.push(of.paint)
      shift = Math.max(shift, of.shift)
      scripts = of.scripts
    }
    const paint = paints.sort((a, b) => a - b)[2] ?? Infinity
    known ??= scripts
    const all = await packed(scripts)
    const more = await packed(scripts.filter((one) => !known?.includes(one)))
    const name = path.replace(/^\/o\/[^/?]+/, '/o/{org}')
    console.log(
      `| \`${name}\` | ${Math.round(paint)} | ${shift.toFixed(3)} | ${Math.round(all / KB)} | ${Math.round(more / KB)} |`,
    )
    expect.soft(paint, path).toBeLessThan(1000)
    expect.soft(shift, path).toBeLessThan(0.02)
    expect.soft(more, path).toBeLessThan(60 * KB)
  }
}

test('pages of an organization', async ({ page, context, world, reader }) => {
  await signIn(context, world, reader)
  await measured(
    page,
    ofOrganization.map((path) => `/o/${reader.org}${path}`),
  )
})

test('each other page', async ({ page, context, world, root }) => {
  await measured(page, ofNobody)
  await signIn(context, world, root)
  await measured(page, [...ofPerson, ...ofPlatform])
})

test('from page to page', async ({ page, context, world, reader }) => {
  await signIn(context, world, reader)
  for (const name of ['Teams', 'People', 'Usage and limits', 'Access review', 'Audit log', 'Isolation', 'Settings']) {
    let best = Infinity
    for (let tries = 0; tries < 10 && best > 300; ++tries) {
      // A document of its own each time: the page's script is run for the first time in it.
      await page.goto(`/o/${reader.org}`)
      await expect(page.getByRole('meter', { name: 'Deployments' })).toBeVisible()
      const took = await page.evaluate(
        (to) =>
          new Promise<number>((resolve) => {
            const link = [...document.querySelectorAll<HTMLElement>('aside nav a')].find(
              (one) => one.textContent === to,
            )
            const start = performance.now()
            link?.click()
            const look = () => {
              const waits = [...document.querySelectorAll('[role=status]')].some((one) =>
                one.textContent.startsWith('Loading'),
              )
              if (document.querySelector('h1')?.textContent === to && !waits) resolve(performance.now() - start)
              else requestAnimationFrame(look)
            }
            look()
          }),
        name,
      )
      best = Math.min(best, took)
    }
    console.log(`| to ${name} | ${Math.round(best)} |`)
    expect.soft(best, name).toBeLessThan(300)
  }
})
