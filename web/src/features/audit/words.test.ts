import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { auditDe } from '@/i18n/audit_de'
import { auditEn } from '@/i18n/audit_en'

// Of organizations and teams, from the program's own table.
test('every action that an organization’s log can have is said in words, in both languages', () => {
  const table = readFileSync('../src/authz/catalogue.hpp', 'utf8')
  const names = [...table.matchAll(/\{Action::\w+, "([^"]+)", Place::(?:organization|team),/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(30)
  const unsaid = names.filter((name) => !(`act.${name}` in auditEn) || !(`act.${name}` in auditDe))
  // Neither is written into the log by itself: what they stand for is.
  expect(unsaid).toEqual(['sync:status', 'audit:append'])
})
