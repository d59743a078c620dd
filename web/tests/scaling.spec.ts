import { expect, holds, test, visit } from './world'

test('a service is scaled on its page within bounds, and has a fixed number again', async ({ page, ann, deploy }) => {
  await deploy('shop', { image: 'docker.io/library/shop:1', port: 80 })
  await visit(page, `/o/${ann.org}/t/default/d/shop`)
  await page.getByRole('tab', { name: 'Settings' }).click()
  await page.getByLabel('How many').selectOption('As many as its use of CPU asks for')
  await page.getByLabel('At least').fill('3')
  await page.getByLabel('At most').fill('2')
  await page.getByLabel('CPU target in percent').fill('70')
  const dialog = page.getByRole('dialog', { name: 'Apply these changes?' })
  await page.getByRole('button', { name: 'Review changes' }).click()
  // Said before anything is sent, at its field, and gone with either of the two.
  const most = page.getByLabel('At most')
  await expect(most).toHaveAccessibleDescription(/This is less than “At least”, which is 3\. Take as many here, or fewer there\.$/)
  await expect(most).toBeFocused()
  await expect(dialog).toHaveCount(0)
  await holds(page, 'deployment-scaling-wrong', { brief: true })
  await page.getByLabel('At least').fill('2')
  await expect(most).toHaveAccessibleDescription('The plan has to have room for so many.')
  await page.getByLabel('At least').fill('1')
  // What only the server finds wrong comes back to its field.
  await page.route(
    '**/deployments/shop',
    (route) =>
      route.fulfill({
        status: 422,
        json: {
          type: 'x', title: 'x', status: 422, code: 'validation_failed', trace_id: 'x',
          errors: [{ pointer: '/services/web/autoscale/max', message: 'must not be below min' }],
        },
      }),
    { times: 1 },
  )
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await expect(most).toHaveAttribute('aria-invalid', 'true')
  await expect(most).toBeFocused()
  await holds(page, 'deployment-scaling', { brief: true })
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await expect(dialog).toHaveCount(0)
  await page.getByRole('tab', { name: 'Overview' }).click()
  await expect(page.getByRole('status', { name: 'How it is doing' })).toContainText('Everything answers')
  await holds(page, 'deployment-scaled', { brief: true })

  await page.getByRole('tab', { name: 'Settings' }).click()
  await expect(page.getByLabel('At most')).toHaveValue('2')
  await page.getByLabel('How many').selectOption('A fixed number')
  await page.getByLabel('Replicas').fill('1')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByLabel('At most')).toHaveCount(0)
})

test('a service with a volume is not offered to be scaled, and the page says why', async ({ page, ann, deploy }) => {
  await deploy('data', { template: 'postgresql', inputs: {} })
  await visit(page, `/o/${ann.org}/t/default/d/data?tab=settings`)
  const how = page.getByLabel('How many')
  await expect(how.getByRole('option', { name: 'As many as its use of CPU asks for' })).toBeDisabled()
  await expect(how).toHaveAccessibleDescription(/^It keeps data on a volume, which one pod at a time can use\./)
  await page.getByLabel('Replicas').fill('2')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await expect(page.getByLabel('Replicas')).toHaveAccessibleDescription(/A whole number from 0 to 1\.$/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await holds(page, 'deployment-volume', { brief: true })
})

test('a limit of each service says how many one may have', async ({ page, ann, deploy }) => {
  await deploy('shop', { image: 'docker.io/library/shop:1', port: 80 })
  await visit(page, `/o/${ann.org}/t/default/d/shop`)
  await page.getByRole('tab', { name: 'Settings' }).click()
  await page.getByLabel('Replicas').fill('11')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText('Replicas of a service: one service may have 10, and 11 were asked for.')).toBeVisible()
})
