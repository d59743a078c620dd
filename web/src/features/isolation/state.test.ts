import { expect, test } from 'vitest'

import { provedOf, stateOf } from './state'

const look = (
  complete: boolean,
  exposed: number,
  unseen: number,
  cluster: 'simulated' | 'kubernetes' = 'kubernetes',
) => stateOf({ cluster, complete, totals: { exposed, unseen } })

test('alone is said only where a complete look saw every sandbox and found nothing', () => {
  expect(look(true, 0, 0)).toBe('alone')
  expect(look(false, 0, 0)).toBe('unknown')
  expect(look(true, 0, 1)).toBe('unknown')
  expect(look(false, 1, 1)).toBe('exposed')
  expect(look(true, 0, 0, 'simulated')).toBe('unknown')
})

test('of how many it is proved is said where others are not known', () => {
  const proved = (sandboxes: number, unseen: number, cluster: 'simulated' | 'kubernetes' = 'kubernetes') =>
    provedOf({ cluster, complete: true, totals: { sandboxes, exposed: 0, unseen } })
  expect(proved(5, 2)).toBe(3)
  expect(proved(5, 0)).toBeNull()
  expect(proved(5, 5)).toBeNull()
  expect(proved(5, 2, 'simulated')).toBeNull()
})

test('no more is said to be proved than stands as alone beside each', () => {
  for (const cluster of ['simulated', 'kubernetes'] as const)
    for (const complete of [false, true])
      for (let alone = 0; alone < 4; alone += 1)
        for (let exposed = 0; exposed < 4; exposed += 1)
          for (let unseen = 0; unseen < 4; unseen += 1) {
            const sandboxes = alone + exposed + unseen
            // As the server says it of each: without a complete look nothing is known.
            const said = complete && cluster !== 'simulated' ? alone : 0
            const proved = provedOf({ cluster, complete, totals: { sandboxes, exposed, unseen } })
            expect(proved ?? 0).toBeLessThanOrEqual(said)
          }
})
