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
