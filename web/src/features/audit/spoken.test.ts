import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { appDe } from '@/i18n/app_de'
import { appEn } from '@/i18n/app_en'
import { de } from '@/i18n/de'
import { en } from '@/i18n/en'

import { spoken } from './spoken'

const texts: Record<string, Record<string, string>> = { en: { ...en, ...appEn }, de: { ...de, ...appDe } }
const say = (language: string) => {
  const find = (name: string) => texts[language]?.[name] ?? null
  return (name: string, of: unknown) => spoken(name, of, { t: (key) => find(key) ?? key, find })
}

test('what the log holds in its own keys is told in words, what people wrote as it is', () => {
  const english = say('en')
  expect(english('left', true)).toBe('yes')
  expect(english('role', null)).toBe('none')
  expect(english('org_role', 'org_admin')).toBe('Administrator')
  expect(english('teams.0193', 'developer')).toBe('Developer')
  expect(english('feature', 'replicas.max')).toBe('Replicas of a service')
  expect(english('state', 'cancelled')).toBe('withdrawn')
  expect(english('services.web.exposure', 'internal')).toBe('internal')
  expect(english('services.web.env.NAME', 'open')).toBeNull()
  expect(english('name', 'accepted')).toBeNull()
  expect(english('services.web.replicas', 3)).toBeNull()
  expect(say('de')('state', 'pending')).toBe('ausstehend')
})

test('each state of an invitation and of an offer has words', () => {
  const contract = readFileSync('../api/openapi.yaml', 'utf8')
  const states = new Set(
    [...contract.matchAll(/^ {8}state: \{ enum: \[([^\]]+)\]/gm)].flatMap(([, list = '']) => list.split(', ')),
  )
  expect(states.size).toBeGreaterThan(4)
  const missing = (language: string) => [...states].filter((one) => say(language)('state', one) === null)
  expect(missing('de')).toEqual(missing('en'))
  for (const state of ['open', 'pending', 'accepted', 'declined', 'cancelled', 'expired', 'revoked'])
    expect(say('de')('state', state), state).not.toBeNull()
})
