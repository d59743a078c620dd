import { expect, test } from 'vitest'

import { stateOf } from './state'

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
