import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import type axe from 'axe-core'

import { Installation, password, type Account } from './installation'

interface Worker {
  world: Installation
  root: Account
  // A person for tests that only look: all of them see the same organization, in which `web` runs.
  reader: Account & { org: string }
}
interface Each {
  // Fails the test when the policy was broken or a script failed on any of its pages.
  watched: undefined
  // A person with an account of their own, on the plan with seats, signed in in this browser.
  ann: Account & { org: string }
  deploy: (name: string, body?: object, phase?: string) => Promise<void>
}

let people = 0
export const address = (name: string) =>
  `${name}.${process.pid}.${++people}@example.com`

export async function signIn(context: BrowserContext, world: Installation, who: Account) {
  const [name = '', value = ''] = who.cookie.split(/=(.*)/s)
  await context.addCookies([{ name, value, url: world.url, httpOnly: true, sameSite: 'Lax' }])
}

function watch(page: Page, faults: string[]) {
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== 'localhost') faults.push(request.url())
  })
}

export const test = base.extend<Each, Worker>({
  world: [
    async ({}, use) => {
      const world = await Installation.start()
      await use(world)
      world.stop()
    },
    { scope: 'worker' },
  ],
  root: [async ({ world }, use) => use(await world.administrator()), { scope: 'worker' }],
  reader: [
    async ({ world, root }, use) => {
      const who = await member(world, root)
      await runs(world, who, 'web')
      await use(who)
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ world }, use) => use(world.url),
  watched: [
    async ({ context }, use) => {
      const faults: string[] = []
      context.on('page', (page) => watch(page, faults))
      await use(undefined)
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
  // `deploy` makes a deployment in Ann's team and gives it when it has come so far.
  deploy: async ({ world, ann }, use) => {
    await use((name, body, phase) => runs(world, ann, name, body, phase))
  },
  ann: async ({ world, root, context }, use) => {
    const who = await member(world, root)
    await signIn(context, world, who)
    await use(who)
  },
})

// Ann, with an organization of her own on the plan with seats.
async function member(world: Installation, root: Account): Promise<Account & { org: string }> {
  const who = await world.account(address('ann'), 'Ann Example')
  const me = (await (await world.call('GET', '/me', undefined, who.cookie)).json()) as {
    organizations: { slug: string }[]
  }
  const org = me.organizations[0]?.slug ?? ''
  await onPlan(world, root, org, 'business')
  return { ...who, org }
}

async function runs(
  world: Installation,
  who: Account & { org: string },
  name: string,
  body: object = { template: 'nginx', inputs: {} },
  phase = 'Ready',
) {
  const path = `/orgs/${who.org}/teams/default/deployments`
  const made = await world.call('POST', path, { name, ...body }, who.cookie)
  if (made.status !== 201) throw new Error(`${made.status}: ${await made.text()}`)
  const seen = async () =>
    ((await (await world.call('GET', `${path}/${name}`, undefined, who.cookie)).json()) as { phase: string }).phase
  await expect.poll(seen, { timeout: 30_000, intervals: [50] }).toBe(phase)
}

// A colleague in ann's organization, by an invitation that was accepted.
export async function colleague(
  world: Installation,
  ann: Account & { org: string },
  name: string,
  teams: { team: string; role: string }[] = [],
): Promise<Account & { id: string }> {
  const who = await world.account(address(name.toLowerCase().replace(/\W+/g, '-')), name)
  await world.call('POST', `/orgs/${ann.org}/invitations`, { invitations: [{ email: who.email, teams }] }, ann.cookie)
  const token = (await world.link(who.email, '/invitation')).split('#')[1]
  const joined = await world.call('POST', '/invitations/accept', { token }, who.cookie)
  if (!joined.ok) throw new Error(`${joined.status}: ${await joined.text()}`)
  const me = (await (await world.call('GET', '/me', undefined, who.cookie)).json()) as { user: { id: string } }
  return { ...who, id: me.user.id }
}

// What a button saves as a file.
export async function taken(page: Page, name: string): Promise<{ file: string; text: string }> {
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name }).click()
  const file = await waiting
  return { file: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

// One organization on a plan, by an administrator of the platform.
export const onPlan = (world: Installation, root: Account, org: string, plan: string) =>
  world.call('PUT', `/platform/orgs/${org}/subscription`, { plan }, root.cookie)

export { expect, password }

export type Theme = 'light' | 'dark'
export const widths = [1280, 360] as const

async function settle(page: Page) {
  // Before its parts have come, a page is not even loading anything.
  await page.locator('h1').first().waitFor({ state: 'attached' })
  await expect(page.getByRole('status').filter({ hasText: /^(Loading|Lädt)/ })).toHaveCount(0)
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))))
}

// Goes to a page and waits until all of it is there: in the page, for an assertion looks ever more
// seldom while it fails.
export async function visit(page: Page, path: string) {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await settle(page)
}

// As 'networkidle', which a page whose stream of changes stays open never comes to.
export async function still(page: Page) {
  await settle(page)
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let timer = setTimeout(resolve, 500)
        new PerformanceObserver(() => {
          clearTimeout(timer)
          timer = setTimeout(resolve, 500)
        }).observe({ type: 'resource' })
      }),
  )
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// What axe finds wrong, each with where it is. In the page itself: it has no frames, and a page of its
// own for each look is most of what a look costs.
async function faults(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  return page.evaluate(async (values) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
      ...(values ? { runOnly: { type: 'rule', values } } : {}),
    })
    return violations.map(
      (one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join('\n')}`,
    )
  }, rules)
}

// Holds what is on the screen against the bars of every page, in both themes and at both widths,
// and keeps a picture of each. `brief`: each theme and each width once, for the states of a view.
export async function holds(
  page: Page,
  name: string,
  options: { loading?: boolean; brief?: boolean } = {},
) {
  const info = test.info()
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    for (const theme of ['light', 'dark'] as Theme[]) {
      if (options.brief && (width === 360) !== (theme === 'dark')) continue
      await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme)
      if (!options.loading) await settle(page)
      await page.screenshot({
        path: info.outputPath(`${name}-${width}-${theme}.png`),
        animations: 'disabled',
      })
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(wide, `${name} at ${width}: scrolls sideways`).toBeLessThanOrEqual(0)
      // Both themes have the same structure; what differs is colour.
      expect(
        await faults(page, theme === 'dark' && !options.brief ? ['color-contrast'] : undefined),
        `${name} at ${width}, ${theme}`,
      ).toEqual([])
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}
