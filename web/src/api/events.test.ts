import { expect, test } from 'vitest'

import { eventReader } from './events'

const sent =
  ': open\n\nevent: deployment.updated\nid: one\ndata: {"a":1}\n\n: \n\nevent: reset\r\nid: two\r\ndata: {}\r\n\r\ndata:x\ndata: y\n\n'
const meant = [
  { event: 'deployment.updated', id: 'one', data: '{"a":1}' },
  { event: 'reset', id: 'two', data: '{}' },
  { event: 'message', id: 'two', data: 'x\ny' },
]

test('events are the same wherever the stream is cut', () => {
  for (let size = 1; size <= sent.length; ++size) {
    const read = eventReader()
    const found = []
    for (let at = 0; at < sent.length; at += size) found.push(...read(sent.slice(at, at + size)))
    expect(found, `pieces of ${size}`).toEqual(meant)
  }
})

test('what is not whole yet is no event', () => {
  const read = eventReader()
  expect(read('event: reset\ndata: {}\n')).toEqual([])
  expect(read('\n')).toEqual([{ event: 'reset', id: null, data: '{}' }])
})
