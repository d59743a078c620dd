import { expect, test } from 'vitest'

import { email, image, label, quantity, variable, type Format } from './formats'

const holds = (format: Format, good: string[], bad: string[]) => {
  for (const text of good) expect(format(text), text).toBeNull()
  for (const text of bad) expect(format(text), text).toMatch(/^(must|may) /)
}

test('what the server takes is taken, and what it plainly would not is told before', () => {
  holds(label(5), ['web', 'a-b', '1'], ['Web', 'a_b', '-a', 'a-', 'abcdef', 'ä'])
  holds(email, ['ann@example.com', "o'b+x@a.b.co", ' ann@example.com '], ['ann', 'ann@', 'a b@c.de', 'a@b', '@b.c'])
  holds(
    image,
    [
      'nginx', 'redis:7', 'docker.io/library/redis:7', 'localhost:5000/a/b_c', 'ghcr.io/x/y__z/a--b:v1.2-rc',
      'Reg.Example.COM/app', '[::1]:5000/app', `a/b:1@sha256:${'0'.repeat(64)}`,
    ],
    ['Not An Image', 'docker.io/Team/app', 'a//b', 'a/b:', '-a', 'https://x/y'],
  )
  holds(quantity, ['1', '500m', '0.5', '.5', '1.', '256Mi', '1k'], ['', '1x', '-1', '1 Gi', 'Mi', '1e3'])
  holds(variable, ['A', '_a1'], ['1A', 'A-B', 'ä'])
})
