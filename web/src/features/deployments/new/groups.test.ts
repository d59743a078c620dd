import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { grouped, kinds } from './groups'

const some = [
  { name: 'nginx', text: 'A web server', category: 'web' },
  { name: 'PostgreSQL', text: 'A database for the team', category: 'database' },
  { name: 'WordPress', text: 'With a database beside it', category: 'web' },
  { name: 'Odd', text: 'Of a kind that nobody knows', category: 'brewing' },
]
const names = (searched: string) =>
  grouped(some, searched, (one) => one, (kind) => (kind === 'database' ? 'Storage' : kind)).map(({ kind, items }) => [
    kind,
    ...items.map((one) => one.name),
  ])

test('templates stand under their kind, in its order, and an unknown kind comes last', () => {
  expect(names('')).toEqual([
    ['web', 'nginx', 'WordPress'],
    ['database', 'PostgreSQL'],
    ['other', 'Odd'],
  ])
})

test('what is searched for is found in name, text and kind, whatever its case', () => {
  expect(names('DATABASE')).toEqual([
    ['web', 'WordPress'],
    ['database', 'PostgreSQL'],
  ])
  expect(names('  press data ')).toEqual([['web', 'WordPress']])
  expect(names('storage')).toEqual([['database', 'PostgreSQL']])
  expect(names('nothing of it')).toEqual([])
})

test('each template that comes with the program is of a kind that has a place', () => {
  const files = readdirSync('../templates')
  expect(files.length).toBeGreaterThanOrEqual(12)
  for (const file of files) {
    const { category } = parse(readFileSync(`../templates/${file}`, 'utf8')) as { category: string }
    expect(kinds.filter((one) => one !== 'other'), file).toContain(category)
  }
})
