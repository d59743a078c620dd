import { expect, test } from 'vitest'

import { bytes, milliCpu } from '@/quantity'
import { afterwards, doesNotFit, takesOf } from './quota'

test('amounts are read as Kubernetes writes them', () => {
  expect(['250m', '1', '0.5', '1.5'].map(milliCpu)).toEqual([250, 1000, 500, 1500])
  expect(['256Mi', '1Gi', '1G', '1024'].map(bytes)).toEqual([268435456, 1073741824, 1e9, 1024])
  expect([milliCpu('1Gi'), milliCpu(''), bytes('1m'), bytes('-1'), bytes('much')]).toEqual([null, null, null, null, null])
})

const item = (feature: string, used: number, limit: number | null) =>
  ({ feature, unit: 'count' as const, used, limit, unlimited: limit === null, per: 'organization' as const })

test('what will be left is what is left less what it takes, of all its replicas', () => {
  const lines = afterwards(
    [item('cpu.max', 500, 1000), item('deployments.max', 1, 1), item('members.max', 1, 1), item('memory.max', 5, null)],
    takesOf('250m', '1Mi', '2'),
  )
  expect(lines.map(({ feature, left }) => [feature, left])).toEqual([
    ['cpu.max', 0],
    ['deployments.max', -1],
    ['memory.max', null],
  ])
  expect(lines.map(doesNotFit)).toEqual([false, true, false])
})

test('a feature that is over its limit keeps out only what takes of it', () => {
  const [storage] = afterwards([item('storage.max', 9, 5)], takesOf('1', '1', '1'))
  expect(storage?.left).toBe(-4)
  expect(storage && doesNotFit(storage)).toBe(false)
})
