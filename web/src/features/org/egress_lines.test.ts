import { expect, test } from 'vitest'

import { linesOf, rulesOf } from './egress_lines'

test('rules are lines, and lines are rules again', () => {
  const rules = [{ cidr: '1.1.1.0/24', ports: [443, 8443] }, { cidr: '8.8.8.8/32' }, { cidr: '9.9.9.9/32', ports: [] }]
  expect(linesOf(rules)).toBe('1.1.1.0/24 443, 8443\n8.8.8.8/32\n9.9.9.9/32')
  expect(rulesOf(linesOf(rules)).rules).toEqual([rules[0], rules[1], { cidr: '9.9.9.9/32' }])
  expect(linesOf([])).toBe('')
})

test('empty lines say nothing, and each rule knows its line', () => {
  const { rules, line } = rulesOf('\n  1.1.1.1   443;80 \r\n\n\t8.8.8.8\n')
  expect(rules).toEqual([{ cidr: '1.1.1.1', ports: [443, 80] }, { cidr: '8.8.8.8' }])
  expect(line).toEqual([2, 4])
})

test('what is no port is sent as it was typed', () => {
  expect(rulesOf('1.1.1.1 https').rules).toEqual([{ cidr: '1.1.1.1', ports: ['https'] }])
  expect(rulesOf('1.1.1.1 -1').rules).toEqual([{ cidr: '1.1.1.1', ports: ['-1'] }])
  expect(rulesOf('1.1.1.1 99999999999').rules).toEqual([{ cidr: '1.1.1.1', ports: ['99999999999'] }])
})
