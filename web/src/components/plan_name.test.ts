import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { de } from '@/i18n/de'
import { en } from '@/i18n/en'

test('every plan of the program is called on the pages as it is called there', () => {
  const text = readFileSync('../src/sql/migrations/0001_initial/postgres.sql', 'utf8')
  const plans = [...text.matchAll(/'([a-z]+)', 1, '(\w+)', 'active', \d, 0\)/g)].map(([, key, name]) => [`plan.${key}`, name])
  expect(plans.length).toBe(3)
  for (const texts of [en, de]) expect(texts).toMatchObject(Object.fromEntries(plans))
})
