import type { Page, Route } from '@playwright/test'

import { expect, holds, onPlan, password, signIn, test } from './world'

const problem = (status: number, code: string) => (route: Route) =>
  route.fulfill({
    status,
    contentType: 'application/problem+json',
    json: { type: 'x', title: 'x', status, code, trace_id: '4711abcd4711abcd' },
  })
const empty = (route: Route) => route.fulfill({ json: { items: [], next_cursor: null } })

interface View {
  name: string
  path: string
  // What the view asks for.
  of: string
  empty?: string
  shown: (page: Page) => Promise<void>
}

const views: View[] = [
  {
    name: 'teams',
    path: '',
    of: '**/api/v1/orgs/*/teams?*',
    empty: 'No teams',
    shown: (page) => expect(page.getByRole('table', { name: 'Teams' })).toBeVisible(),
  },
  {
    name: 'usage',
    path: '/usage',
    of: '**/api/v1/orgs/*/usage',
    shown: (page) => expect(page.getByRole('meter', { name: 'Seats' })).toBeVisible(),
  },
  {
    name: 'members',
    path: '/people',
    of: '**/api/v1/orgs/*/members?*',
    empty: 'Nobody found',
    shown: (page) => expect(page.getByRole('row', { name: /Ann Example/ })).toBeVisible(),
  },
  {
    name: 'invitations',
    path: '/people?tab=invitations',
    of: '**/api/v1/orgs/*/invitations?*',
    empty: 'No invitations',
    shown: (page) => expect(page.getByText('No invitations', { exact: true })).toBeVisible(),
  },
  {
    name: 'team-list',
    path: '/teams',
    of: '**/api/v1/orgs/*/teams?*',
    empty: 'No teams',
    shown: (page) => expect(page.getByRole('link', { name: 'Default' })).toBeVisible(),
  },
  {
    name: 'team-members',
    path: '/t/default/people',
    of: '**/api/v1/orgs/*/teams/*/members?*',
    empty: 'Nobody is in this team',
    shown: (page) => expect(page.getByRole('row', { name: /Ann Example/ })).toBeVisible(),
  },
  {
    name: 'rights',
    path: '/access-review',
    of: '**/api/v1/orgs/*/access-review?*',
    shown: (page) => expect(page.getByRole('row', { name: /Owner/ })).toBeVisible(),
  },
  {
    name: 'reviews',
    path: '/access-review',
    of: '**/api/v1/orgs/*/access-reviews?*',
    empty: 'No review was finished yet',
    shown: (page) => expect(page.getByText('No review was finished yet')).toBeVisible(),
  },
  {
    name: 'audit',
    path: '/audit',
    of: '**/api/v1/orgs/*/audit?*',
    empty: 'Nothing fits these filters',
    shown: (page) => expect(page.getByRole('row', { name: /Changed the plan/ })).toBeVisible(),
  },
  {
    name: 'isolation',
    path: '/isolation',
    of: '**/api/v1/orgs/*/isolation?*',
    empty: 'Nothing runs yet',
    shown: (page) => expect(page.getByRole('listitem').filter({ hasText: 'sandbox-' })).toBeVisible(),
  },
  {
    name: 'offers',
    path: '/settings',
    of: '**/api/v1/orgs/*/ownership-offers?*',
    empty: 'No open offer',
    shown: (page) => expect(page.getByText('No open offer')).toBeVisible(),
  },
  {
    name: 'deployments',
    path: '/t/default',
    of: '**/teams/default/deployments?*',
    empty: 'Nothing runs here yet',
    shown: (page) => expect(page.getByRole('row', { name: /web/ })).toBeVisible(),
  },
  {
    name: 'team',
    path: '/t/default',
    of: '**/api/v1/orgs/*/teams/default',
    shown: (page) => expect(page.getByRole('row', { name: /web/ })).toBeVisible(),
  },
  {
    name: 'team-settings',
    path: '/t/default/settings',
    of: '**/api/v1/orgs/*/teams/default',
    shown: (page) => expect(page.getByLabel('Name of the team')).toBeVisible(),
  },
  {
    name: 'gallery',
    path: '/t/default/new',
    of: '**/api/v1/templates',
    shown: (page) => expect(page.getByRole('link', { name: /^nginx/ })).toBeVisible(),
  },
  {
    name: 'deployment',
    path: '/t/default/d/web',
    of: '**/teams/default/deployments/web',
    shown: (page) => expect(page.getByRole('table', { name: 'Services' })).toBeVisible(),
  },
]

for (const view of views)
  test(`the view of ${view.name} says what it is in every state`, async ({ page, context, world, reader }) => {
    await signIn(context, world, reader)
    const path = `/o/${reader.org}${view.path}`
    // What the view is answered, one after the other; the first answer waits for its turn.
    let answer: (route: Route) => unknown = problem(500, 'internal_error')
    let fail: () => void = () => undefined
    const held = new Promise<void>((resolve) => (fail = resolve))
    await page.route(view.of, async (route) => {
      await held
      await answer(route)
    })
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: 'Loading' }).first()).toBeVisible()
    await holds(page, `${view.name}-loading`, { loading: true, brief: true })

    fail()
    const alert = page.getByRole('alert')
    await expect(alert).toContainText('Something failed on the server.')
    await expect(alert).toContainText('4711abcd4711abcd')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await holds(page, `${view.name}-error`, { brief: true })

    const again = alert.getByRole('button', { name: 'Try again' })
    answer = problem(403, 'permission_denied')
    await again.click()
    await expect(alert).toContainText('Your role does not allow this.')

    // It asks twice more by itself before it says so.
    await page.clock.install()
    answer = (route) => route.abort()
    await again.click()
    await expect(async () => {
      await page.clock.fastForward(2_000)
      await expect(alert).toContainText('The server cannot be reached.', { timeout: 200 })
    }).toPass({ intervals: [50] })

    answer = (route) => route.continue()
    await again.click()
    await view.shown(page)

    if (!view.empty) return
    answer = empty
    await page.reload()
    await expect(page.getByText(view.empty, { exact: true })).toBeVisible()
    await holds(page, `${view.name}-empty`, { brief: true })
  })

test('a limit that is reached is said at its meter', async ({ page, world, ann }) => {
  await world.call('POST', `/orgs/${ann.org}/teams/default/deployments`, { name: 'web', template: 'nginx', inputs: {} }, ann.cookie)
  await page.route('**/api/v1/orgs/*/usage', async (route) => {
    const reply = await route.fetch()
    const body = (await reply.json()) as { items: { used: number; limit: number | null }[] }
    for (const item of body.items) item.limit = item.used
    await route.fulfill({ json: body })
  })
  await page.goto(`/o/${ann.org}/usage`)
  await expect(page.getByText('Nothing left of the plan').first()).toBeVisible()
  await holds(page, 'usage-full', { brief: true })
})

test('a session that has ended is told of at signing in, which leads back', async ({ page, context, ann }) => {
  await page.goto(`/o/${ann.org}`)
  await expect(page.getByRole('heading', { level: 1, name: /Ann/ })).toBeVisible()
  await context.clearCookies()
  await page.getByRole('link', { name: 'People', exact: true }).click()
  await expect(page).toHaveURL(/\/login/)
  const ended = page.getByText('Your session has ended')
  await expect(ended).toBeVisible()
  await holds(page, 'session-ended', { brief: true })
  await page.reload()
  await expect(ended).toBeVisible()
  await page.getByLabel('E-mail address').fill(ann.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible()
  // Who signs out knows it.
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: /^Sign in to/ })).toBeVisible()
  await expect(ended).toHaveCount(0)
})

test('an address inside a frame that no page is at says so in that frame', async ({ page, context, world, reader, root }) => {
  await signIn(context, world, reader)
  const org = `/o/${reader.org}`
  for (const path of [`${org}/nowhere`, `${org}/t/default/nowhere`, `${org}/t/nowhere`]) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible()
    await expect(page.getByRole('main'), path).toHaveCount(1)
    await expect(page.getByRole('link', { name: 'People', exact: true })).toBeVisible()
  }
  await holds(page, 'nowhere', { brief: true })
  await signIn(context, world, root)
  await page.goto('/platform/nowhere')
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible()
  await expect(page.getByRole('main')).toHaveCount(1)
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible()
  await expect(page.getByRole('main')).toHaveCount(1)
})

test('a page that could not be read keeps its head', async ({ page, context, world, reader }) => {
  await signIn(context, world, reader)
  const org = `/o/${reader.org}`
  const some = '01a21e50-4503-71fb-b6de-3d5999391fce'
  for (const [path, of, title] of [
    ['', '**/api/v1/orgs/*', 'Ann Example'],
    [`/people/${some}`, '**/api/v1/orgs/*/members/*', 'People'],
    [`/access-review/${some}`, '**/api/v1/orgs/*/access-reviews/*', 'Access review'],
    ['/t/default/new', '**/api/v1/orgs/*/teams/default', 'New deployment'],
  ] as const) {
    await page.route(of, problem(500, 'internal_error'))
    await page.goto(org + path)
    await expect(page.getByRole('alert').first()).toContainText('Something failed on the server.')
    await expect(page.getByRole('heading', { level: 1, name: title }), path).toBeVisible()
    await page.unroute(of)
  }
})

test('the overview shows the first teams, and the way to all of them', async ({ page, world, root, ann }) => {
  await onPlan(world, root, ann.org, 'enterprise')
  for (let at = 10; at < 21; ++at)
    await world.call('POST', `/orgs/${ann.org}/teams`, { name: `Team ${at}` }, ann.cookie)
  await page.goto(`/o/${ann.org}`)
  const teams = page.getByRole('table', { name: 'Teams' })
  await expect(teams.getByRole('row')).toHaveCount(11)
  await page.getByRole('link', { name: 'All teams' }).click()
  await expect(page.getByRole('link', { name: 'Team 20', exact: true })).toBeVisible()
})
