import { expect, test } from 'vitest'

import { sized } from './quantity'

test('what is compared is in one unit, as people say it', () => {
  expect(sized('cpu', ['250m', '1'], 'en')).toEqual(['0.25 CPU', '1 CPU'])
  expect(sized('memory', ['512Mi', '2Gi'], 'en')).toEqual(['0.5 GiB', '2 GiB'])
  expect(sized('memory', ['512Mi'], 'de')).toEqual(['512 MiB'])
  expect(sized('memory', [null, '1536Mi'], 'de')).toEqual([null, '1,5 GiB'])
})

test('what cannot be read stays as it was written, and what differs looks different', () => {
  expect(sized('memory', ['a lot', '2Gi'], 'en')).toEqual(['a lot', '2 GiB'])
  expect(sized('memory', ['1024Mi', '1025Mi'], 'en')).toEqual(['1,024 MiB', '1,025 MiB'])
  expect(sized('memory', ['102656Mi', '102657Mi'], 'en')).toEqual(['102656Mi', '102657Mi'])
})
