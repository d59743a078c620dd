import { expect, holds, test } from './world'

const sandbox = (state: string, findings: object[]) => ({
  id: '01939f6e-4a00-7000-8000-000000000005',
  namespace: 'sandbox-01939f6e-4a00-7000-8000-000000000001',
  user: { id: '01939f6e-4a00-7000-8000-000000000001', name: 'Ann Example' },
  profile: 'shared',
  state,
  network:
    state === 'exposed'
      ? { state: 'open', reason: 'NotEnforced' }
      : { state: 'isolated', reason: 'Enforced' },
  pods: 2,
  reached_by: ['the ingress controller in 1 namespace: ingress-nginx'],
  reaches: ['the internet on TCP 1-24, 26-65535; UDP all'],
  findings,
})

test('what is isolated, what is not and what is unproved is told in words, and of a simulated cluster that it is one', async ({ page, ann }) => {
  const look = (state: string, complete: boolean, findings: object[], cluster = 'kubernetes') =>
    page.route('**/api/v1/orgs/*/isolation?*', (route) =>
      route.fulfill({
        json: {
          items: [sandbox(state, findings)],
          next_cursor: null,
          checked_at: new Date().toISOString(),
          complete,
          cluster,
          totals: { sandboxes: 1, exposed: findings.length, unseen: 0 },
        },
      }),
    )
  const path = `/o/${ann.org}/isolation`
  await look('alone', true, [])
  await page.goto(path)
  await expect(page.getByText('Your organization is isolated')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'sandbox-01939f6e' })).toContainText('Isolated from other organizations')
  await expect(page.getByText('Network: A probe showed that the network enforces the policies.')).toBeVisible()
  await holds(page, 'isolation-alone')
  await page.unroute('**/api/v1/orgs/*/isolation?*')
  await look('exposed', true, [{ kind: 'foreign_path', text: 'pods in 1 other namespace reach TCP 80' }])
  await page.goto(path)
  await expect(page.getByText('1 sandbox is not isolated')).toBeVisible()
  await expect(page.getByText('pods in 1 other namespace reach TCP 80')).toBeVisible()
  await expect(page.getByText('Nothing new is started until it does', { exact: false })).toBeVisible()
  await holds(page, 'isolation-exposed', { brief: true })
  await page.unroute('**/api/v1/orgs/*/isolation?*')
  await look('unknown', false, [], 'simulated')
  await page.goto(path)
  await expect(page.getByText('Nothing is proved of a simulated cluster')).toBeVisible()
  await expect(page.getByText('nothing is proved of real traffic')).toBeVisible()
  await holds(page, 'isolation-unknown', { brief: true })
  await page.unroute('**/api/v1/orgs/*/isolation?*')
  // That the objects are as written is no proof, and is not called one beside a verdict that there is none.
  await look('alone', true, [], 'simulated')
  await page.goto(path)
  await expect(page.getByText('As written', { exact: true })).toBeVisible()
  await expect(page.getByText('Proved', { exact: true })).toHaveCount(0)
})
