import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { auditActions } from '@/api/made/audit'
import { auditDe } from '@/i18n/audit_de'
import { auditEn } from '@/i18n/audit_en'

const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))

// The program's table: what an action is called, and which roles have it.
const names = new Map(
  [...readFileSync('../src/authz/catalogue.hpp', 'utf8').matchAll(/\{Action::(\w+), "([^"]+)", Place::(\w+),/g)].map(
    ([, action = '', name = '', place = '']) => [action, { name, place }],
  ),
)
// Rights of everybody who sees the place: nobody can be refused them there.
const everybodys = new Set(
  [...readFileSync('../src/authz/roles.cpp', 'utf8').matchAll(/\{Action::(\w+), (?:kMembers|kViewers)\}/g)].map(
    ([, action]) => action,
  ),
)

// What the program writes into an organization's log: deeds of its own, and of each address what somebody
// can be refused there.
function written(): string[] {
  const found = new Set<string>()
  for (const text of [...sources('../src/app'), ...sources('../src/sync')])
    for (const [, action = ''] of text.matchAll(/\b(?:Deed(?: \w+)?\s*\{|created\(|removed\(|changed\()\s*Action::(\w+)/g))
      found.add(action)
  for (const text of sources('../src/api'))
    for (const [, action = ''] of text.matchAll(
      /(?:\.action = |\.deed = |router\.stream\(\s*"[^"]+",\s*)Action::(\w+)/g,
    ))
      if (!everybodys.has(action) && ['organization', 'team'].includes(names.get(action)?.place ?? '')) found.add(action)
  return [...new Set([...found].map((action) => names.get(action)?.name ?? action))].sort()
}

test('the contract names the actions that the program writes into the log, and no other', () => {
  expect(written()).toEqual([...auditActions].sort())
})

test('every action that the log can hold is said in words, in both languages, and no other', () => {
  const said = (texts: object) =>
    Object.keys(texts)
      .filter((key) => key.startsWith('act.'))
      .map((key) => key.slice(4))
      .sort()
  expect(said(auditEn)).toEqual([...auditActions].sort())
  expect(said(auditDe)).toEqual([...auditActions].sort())
})

test('every field that the program writes into the log has words, in both languages', () => {
  const fields = new Set<string>()
  for (const text of sources('../src/app'))
    for (const [, told, set] of text.matchAll(/\b(?:tell|mask|hash)\((?:at \+ )?"([a-z_.]+)"|\bdetail\.set\("([a-z_]+)"/g)) {
      const name = told ?? set ?? ''
      if (!name.startsWith('teams.')) fields.add(name.replace(/\.$/, ''))
    }
  expect(fields).toContain('plan_version')
  expect(fields.size).toBeGreaterThan(25)
  for (const texts of [auditEn, auditDe])
    expect([...fields].filter((name) => !(`told.${name}` in texts))).toEqual([])
})
