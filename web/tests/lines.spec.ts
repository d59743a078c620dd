import { expect, onPlan, test } from './world'

// Names as long as they may be take no room from what is short.
test('what is short stays in one line beside long names', async ({ page, world, root, ann, deploy }) => {
  test.slow()
  await onPlan(world, root, ann.org, 'business')
  await deploy('a-very-long-name-of-a-deployment', {
    image: 'registry.example.com/some/very/long/path/of/an/image/that-goes-on-and-on:2026.11.27-rc.1',
    replicas: 2,
  })
  const email = 'somebody-with-a-very-long-address@a-long-domain-name.example.com'
  await world.call('POST', `/orgs/${ann.org}/invitations`, { invitations: [{ email }] }, ann.cookie)
  const name = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
  await world.call('POST', `/orgs/${ann.org}/teams`, { name }, ann.cookie)

  const inOneLine = async (text: string) => {
    const lines = await page.getByText(text, { exact: true }).filter({ visible: true }).first().evaluate((of) => {
      const range = document.createRange()
      range.selectNodeContents(of)
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
    })
    expect(lines, text).toBe(1)
  }
  await page.goto(`/o/${ann.org}/t/default`)
  await inOneLine('2 of 2')
  await page.goto(`/o/${ann.org}/people?tab=invitations`)
  await inOneLine('Send again')
  await page.goto(`/o/${ann.org}/teams`)
  await inOneLine('None given')
  await inOneLine('Team administrator')
})

test('an address breaks behind its joints', async ({ page, world, root, ann }) => {
  await onPlan(world, root, ann.org, 'business')
  const email = 'somebodywithalongaddress@alongdomain.example.com'
  await world.call('POST', `/orgs/${ann.org}/invitations`, { invitations: [{ email }] }, ann.cookie)
  await page.setViewportSize({ width: 360, height: 800 })
  await page.goto(`/o/${ann.org}/people?tab=invitations`)
  const lines = await page.getByText(email, { exact: true }).first().evaluate((of) => {
    const out = new Map<number, string>()
    const walker = document.createTreeWalker(of, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent ?? ''
      for (let at = 0; at < text.length; ++at) {
        const range = document.createRange()
        range.setStart(walker.currentNode, at)
        range.setEnd(walker.currentNode, at + 1)
        const top = Math.round(range.getBoundingClientRect().top)
        out.set(top, (out.get(top) ?? '') + text.charAt(at))
      }
    }
    return [...out.values()]
  })
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/[@._-]$/)
})
