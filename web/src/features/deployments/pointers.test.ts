import { expect, test } from 'vitest'

import { segments, serviceField } from './pointers'

test('a pointer of the server finds the field that it is about', () => {
  const env = [{ name: 'A', value: '' }, { name: ' ODD/NAME', value: '' }]
  const of = (pointer: string) => serviceField(segments(pointer), env)
  expect(of('/image')).toBe('image')
  expect(of('/env/ODD~1NAME')).toBe('env.1.value')
  expect(of('/resources/limits/cpu')).toBe('cpu')
  expect(of('/resources/memory')).toBe('memory')
  expect(['/replicas', '/autoscale', '/autoscale/max', '/autoscale/cpu'].map(of)).toEqual(['replicas', 'scaling', 'max', 'target'])
  expect([of('/env'), of('/env/B'), of('/args/0'), of('')]).toEqual([null, null, null, null])
})
