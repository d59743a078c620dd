import { expect, test } from 'vitest'

import { fileName } from './download'

test('a file is called what the server says, and never by a path', () => {
  expect(fileName('attachment; filename="audit-0193.csv"', 'x.csv')).toBe('audit-0193.csv')
  expect(fileName('attachment; filename="../../x"', 'x.csv')).toBe('x.csv')
  expect(fileName(null, 'x.csv')).toBe('x.csv')
})
