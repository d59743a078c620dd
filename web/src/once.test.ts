import { expect, test } from 'vitest'

import { dropsWhileBusy } from './once'

test('what is pressed while it runs is dropped, until it has ended, well or badly', async () => {
  const run = dropsWhileBusy()
  let sent = 0
  let end: { well: () => void; badly: (why: Error) => void } | undefined
  const act = () => {
    sent += 1
    return new Promise<void>((well, badly) => {
      end = { well, badly }
    })
  }
  const ended = () => new Promise((done) => setTimeout(done))
  run(act)
  run(act)
  expect(sent).toBe(1)
  end?.badly(new Error('refused'))
  await ended()
  run(act)
  run(act)
  expect(sent).toBe(2)
  end?.well()
  await ended()
  run(act)
  expect(sent).toBe(3)
})

test('what is done at once can be done again at once', () => {
  const run = dropsWhileBusy()
  let opened = 0
  run(() => (opened += 1))
  run(() => (opened += 1))
  expect(opened).toBe(2)
})
