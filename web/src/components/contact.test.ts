import { expect, test } from 'vitest'

import { httpsOnly, mailTo } from './contact'

test('an address is the recipient of its link, whatever characters it has', () => {
  expect(mailTo('help@example.com')).toBe('mailto:help@example.com')
  for (const local of ['a?subject=x', 'a&cc=b', 'a%0abcc', 'a#b', "o'hara+x"]) {
    const url = new URL(mailTo(`${local}@example.com`))
    expect(decodeURIComponent(url.pathname)).toBe(`${local}@example.com`)
    expect(url.search + url.hash).toBe('')
  }
})

test('a page of support is linked by https, and by nothing else', () => {
  expect(httpsOnly('https://help.example.com/a?b=c')).toBe('https://help.example.com/a?b=c')
  for (const url of ['javascript:alert(1)', 'http://help.example.com', ' https://x', 'data:text/html,x', '', null])
    expect(httpsOnly(url)).toBeNull()
})
