import type { Page } from '@playwright/test'

import { expect, holds, still, test, visit } from './world'

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const ring = (page: Page) => page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)

test('after each change of page the focus is on its heading, and Tab goes on from there', async ({ page, ann, deploy }) => {
  test.slow()
  await deploy('web')
  // Nobody is led on a page that was only opened: the first Tab is the way past the navigation.
  await visit(page, `/o/${ann.org}`)
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true)
  await page.getByRole('link', { name: 'Usage and limits', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(heading(page, 'Usage and limits')).toBeFocused()
  expect(await ring(page)).toBe('solid')
  await holds(page, 'focus-by-keyboard', { brief: true })
  // It stays there, whatever else of the page comes.
  await still(page)
  await expect(heading(page, 'Usage and limits')).toBeFocused()

  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await expect(heading(page, 'Teams')).toBeFocused()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('#content') !== null)).toBe(true)

  // A dialog gives the focus back to what opened it, which is not where one has gone.
  await page.getByRole('button', { name: /^Search/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Search and jump' })).toBeVisible()
  await page.keyboard.type('People')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(heading(page, 'People')).toBeFocused()
  // Without going anywhere it does. A key says that somebody has gone on from there.
  await page.keyboard.press('Shift')
  await page.getByRole('button', { name: /^Search/ }).focus()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Search and jump' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: /^Search/ })).toBeFocused()
  await page.getByRole('button', { name: 'Invite people' }).first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Invite people' }).getByLabel('E-mail addresses')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Invite people' }).first()).toBeFocused()
  // What is open on a page is in the address, and the page the same.
  await page.getByRole('tab', { name: 'Members' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(/tab=invitations/)
  await still(page)
  await expect(page.getByRole('tab', { name: 'Invitations' })).toBeFocused()

  await page.goBack()
  await page.goBack()
  await expect(page).toHaveURL(/\/teams$/)
  await expect(heading(page, 'Teams')).toBeFocused()
  await page.getByRole('link', { name: 'Default', exact: true }).press('Enter')
  await expect(heading(page, 'Default')).toBeFocused()
  await page.getByRole('link', { name: 'web', exact: true }).press('Enter')
  await expect(heading(page, 'web')).toBeFocused()
  await still(page)
  await expect(heading(page, 'web')).toBeFocused()

  // What is chosen to be deployed leads to a form of its own.
  await visit(page, `/o/${ann.org}/t/default/new`)
  await page.getByRole('link', { name: /^nginx/ }).focus()
  await page.keyboard.press('Enter')
  await expect(heading(page, 'Deploy nginx')).toBeFocused()
})

test('who comes by mouse sees no ring, and the page where it is to be', async ({ page, ann }) => {
  await visit(page, `/o/${ann.org}/settings`)
  await page.getByLabel('Name of the organization').fill('Half a thought')
  await page.mouse.wheel(0, 400)
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('dialog', { name: 'Leave this page?' }).getByRole('button', { name: 'Leave without saving' }).click()
  await expect(heading(page, 'Ann Example')).toBeFocused()
  expect(await ring(page)).toBe('none')
  expect(await page.evaluate(() => window.scrollY)).toBe(0)
  await still(page)
  await expect(heading(page, 'Ann Example')).toBeFocused()

  // Out of the drawer, which closes.
  await page.setViewportSize({ width: 360, height: 740 })
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Usage and limits', exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(heading(page, 'Usage and limits')).toBeFocused()
})
