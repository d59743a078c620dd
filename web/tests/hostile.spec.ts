import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { parse } from 'yaml'

import { colleague, expect, holds, onPlan, signIn, test, visit } from './world'

const corpus = [
  '<script>window.ran=1</script>',
  '"><img src=x onerror="window.ran=1">',
  "';window.ran=1//",
  '{{constructor.constructor("window.ran=1")()}}',
  '</title><svg onload=window.ran=1>',
  'javascript:window.ran=1',
]

test('no script in a text that people set runs on any page, and every text is shown as it is', async ({ page, context, world, root, ann }) => {
  test.slow()
  await onPlan(world, root, ann.org, 'enterprise')
  const changed = async (verb: string, path: string, body: object) =>
    expect((await world.call(verb, path, body, ann.cookie)).ok, `${path} ${JSON.stringify(body)}`).toBe(true)
  await changed('PATCH', '/me', { name: corpus[1] ?? '' })
  const bob = await colleague(world, ann, corpus[0] ?? '', [{ team: 'default', role: 'viewer' }])
  for (const [at, name] of corpus.entries())
    await changed('POST', `/orgs/${ann.org}/teams`, { name, slug: `t-${at}`, description: name })
  await changed('POST', `/orgs/${ann.org}/teams/default/deployments`, {
    name: 'web', image: 'nginx', port: 80, env: Object.fromEntries(corpus.map((text, at) => [`V${at}`, text])),
  })
  await changed('POST', `/orgs/${ann.org}/ownership-offers`, { user: bob.id })
  await changed('POST', `/orgs/${ann.org}/access-review`, {})
  const reviews = (await (await world.call('GET', `/orgs/${ann.org}/access-reviews`, undefined, ann.cookie)).json()) as { items: { id: string }[] }
  const clean = async (path: string, shown?: string) => {
    await visit(page, path)
    if (shown) await expect(page.getByText(shown, { exact: true }).first()).toBeVisible()
    expect(await page.evaluate(() => 'ran' in window), path).toBe(false)
  }
  const pages: [string, (string | undefined)?][] = [
    ['', corpus[2]], ['/teams', corpus[3]], ['/people', corpus[0]], [`/people/${bob.id}`, corpus[0]],
    ['/t/t-1/people', corpus[1]], ['/t/t-2/settings', corpus[2]], ['/access-review', corpus[0]],
    [`/access-review/${reviews.items[0]?.id ?? ''}`, corpus[0]], ['/audit', corpus[1]], ['/isolation'],
    ['/settings'], ['/usage'],
  ]
  for (const [at, [path, shown]] of pages.entries()) {
    const name = corpus[at % corpus.length] ?? ''
    await changed('PATCH', `/orgs/${ann.org}`, { name })
    await clean(`/o/${ann.org}${path}`, shown)
    await expect(page.getByRole('button', { name: `Organization: ${name}. Switch` })).toBeVisible()
    if (path === '') await expect(page).toHaveTitle(`${name} · K8s Scheduler`)
  }
  await clean('/account')
  await clean('/orgs', corpus[5])
  await context.clearCookies()
  await signIn(context, world, root)
  await clean(`/platform?name=${ann.org}`, corpus[5])
  await clean('/platform/isolation')
})

test('an address that cannot be read is a page of its own, without what stood there', async ({ page, world }) => {
  const refused = [
    '/o/a%zz', '/%ff', '/o/acme/%2e%2e%2fx', '/?q=%zz',
    ...corpus.flatMap((text) => [`/o/%zz${encodeURIComponent(text)}`, `/%ff?next=${encodeURIComponent(text)}`]),
  ]
  for (const path of refused) {
    const answer = await page.goto(path)
    expect(answer?.status(), path).toBe(400)
    expect(answer?.headers()['content-security-policy'], path).toContain("default-src 'none'")
    await expect(page.getByRole('heading', { level: 1, name: 'This address cannot be read' })).toBeVisible()
    expect(await page.evaluate(() => 'ran' in window), path).toBe(false)
    expect(await page.evaluate(() => document.documentElement.outerHTML), path).not.toMatch(/%zz|%ff|window\.ran|acme/)
  }
  await holds(page, 'bad-address')
  await page.getByRole('link', { name: 'To the start' }).click()
  await expect(page).toHaveURL(`${world.url}/login`)
  await page.context().addCookies([{ name: 'locale', value: 'de', url: world.url }])
  await page.goto('/%zz')
  await expect(page.getByRole('heading', { level: 1, name: 'Diese Adresse lässt sich nicht lesen' })).toBeVisible()
})

interface Operation {
  verb: string
  path: string
}
function unsafe(): Operation[] {
  const contract = parse(readFileSync('../api/openapi.yaml', 'utf8')) as {
    paths: Record<string, Record<string, unknown>>
  }
  return Object.entries(contract.paths).flatMap(([path, verbs]) =>
    ['post', 'put', 'patch', 'delete'].filter((verb) => verb in verbs).map((verb) => ({ verb: verb.toUpperCase(), path })),
  )
}

test('a page of another origin succeeds with no unsafe method of the contract', async ({ world, ann, browser }) => {
  const me = (await (await world.call('GET', '/me', undefined, ann.cookie)).json()) as { user: { id: string } }
  const nobody = '01939f6e-4a00-7000-8000-000000000000'
  const fill: Record<string, string> = { org: ann.org, team: 'default', user: me.user.id }
  const operations = unsafe().map(({ verb, path }) => ({
    verb,
    url: world.url + path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? nobody),
  }))
  expect(operations.length).toBeGreaterThan(50)
  const state = async () => {
    const seen = ['/me', `/orgs/${ann.org}`, `/orgs/${ann.org}/members`, `/orgs/${ann.org}/teams`, `/orgs/${ann.org}/invitations`,
      `/orgs/${ann.org}/access-reviews`, `/orgs/${ann.org}/ownership-offers`, `/orgs/${ann.org}/teams/default/deployments`]
    return Promise.all(seen.map(async (path) => {
      const reply = await world.call('GET', path, undefined, ann.cookie)
      return `${path} ${reply.status} ${await reply.text()}`
    }))
  }
  const before = await state()
  expect(before.every((line) => line.includes(' 200 '))).toBe(true)

  const other = createServer((_, reply) => reply.setHeader('Content-Type', 'text/html').end('<title>other</title>'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const port = (other.address() as AddressInfo).port
  const context = await browser.newContext()
  try {
    await signIn(context, world, ann)
    const page = await context.newPage()
    const answers: string[] = []
    page.on('response', (reply) => {
      if (reply.url().startsWith(world.url) && reply.request().method() !== 'OPTIONS')
        answers.push(`${reply.request().method()} ${reply.url().slice(world.url.length)} ${reply.status()}`)
    })
    // Another port is another origin of the same site, to which the cookie goes; a number is another site.
    for (const host of ['localhost', '127.0.0.1']) {
      await page.goto(`http://${host}:${port}/`)
      const readable = await page.evaluate(async (all) => {
        const sent = all.flatMap(({ verb, url }) => {
          const tries: [RequestInit, string][] = [
            [{ method: verb, headers: { 'Content-Type': 'application/json' }, body: '{}' }, 'cors'],
          ]
          // What a browser sends without asking first.
          if (verb === 'POST')
            tries.push([{ method: verb }, 'no-cors'], [{ method: verb, headers: { 'Content-Type': 'text/plain' }, body: '{}' }, 'no-cors'])
          return tries.map(async ([init, mode]) => {
            try {
              const reply = await fetch(url, { ...init, mode: mode as RequestMode, credentials: 'include' })
              return reply.type === 'opaque' ? null : `${verb} ${url}`
            } catch {
              return null
            }
          })
        })
        return (await Promise.all(sent)).filter((one) => one !== null)
      }, operations)
      // Nothing of any answer can be read over there.
      expect(readable).toEqual([])
      // A form needs no script at all.
      await page.evaluate((url) => {
        const form = document.createElement('form')
        form.method = 'post'
        form.action = `${url}/api/v1/auth/logout`
        document.body.append(form)
        form.submit()
      }, world.url)
      await page.waitForURL(/auth\/logout$/)
    }
    expect(answers.length).toBeGreaterThan(20)
    expect(answers.filter((answer) => !/ (403|415|401|400|404|422|429)$/.test(answer))).toEqual([])
    expect(answers.filter((answer) => answer.includes('/auth/logout ')).every((answer) => answer.endsWith(' 403'))).toBe(true)
  } finally {
    await context.close()
    other.close()
  }
  expect(await state()).toEqual(before)
})
