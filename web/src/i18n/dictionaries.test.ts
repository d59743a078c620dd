import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { said } from '.'
import { appDe } from './app_de'
import { appEn } from './app_en'
import { de } from './de'
import { en } from './en'
import { faultText, setFaults } from './faults'
import { faultsDe } from './faults_de'
import { waitText } from './problems'
import { problemsDe } from './problems_de'
import { problemsEn } from './problems_en'
import { toldDe } from './told_de'

test('a text is filled, and takes the form that its number asks for', () => {
  const spoken = { language: 'de' as const, texts: de }
  expect(said(spoken, 'invitation.title', { organization: 'Acme {{x}} $&' })).toBe(
    'Acme {{x}} $& beitreten',
  )
  expect(said(spoken, 'problem.wait', { count: 1 })).toContain('1 Sekunde.')
  expect(said(spoken, 'problem.wait', { count: 2 })).toContain('2 Sekunden.')
})

const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()

test('both languages say everything, with the same places', () => {
  const pairs: [Record<string, string>, Record<string, string>][] = [[en, de], [appEn, appDe]]
  for (const [english, german] of pairs) {
    expect(Object.keys(german)).toEqual(Object.keys(english))
    for (const [key, text] of Object.entries(english)) {
      expect(text.trim(), key).not.toBe('')
      expect(places(german[key] ?? ''), key).toEqual(places(text))
    }
  }
  // One would hide the other.
  expect(Object.keys(appEn).filter((key) => key in en)).toEqual([])
})

test('every problem of the contract is said in both languages, and no other', () => {
  // The table alone: to parse all of the contract takes seconds.
  const [table = ''] = /^x-problems:\n(?:[ #].*\n|\n)+/m.exec(readFileSync('../api/openapi.yaml', 'utf8')) ?? []
  const contract = parse(table) as Record<string, object>
  const codes = Object.keys(contract['x-problems'] ?? {}).sort()
  expect(codes.length).toBeGreaterThan(40)
  expect(Object.keys(problemsEn).sort()).toEqual(codes)
  expect(Object.keys(problemsDe).sort()).toEqual(codes)
})

test('what the server says of a field is German on a German page', () => {
  setFaults(faultsDe)
  const fault = { pointer: '/password', message: 'must have at least 12 characters' }
  expect(faultText(fault, 'en')).toBe('Must have at least 12 characters.')
  expect(faultText(fault, 'de')).toBe('Muss mindestens 12 Zeichen haben.')
  expect(faultText({ pointer: '/x', message: 'is odd' }, 'de')).not.toContain('odd')
})

test('how long to wait is said in the unit in which people say it', () => {
  const told = (seconds: number) => said({ language: 'en', texts: en }, ...waitText(seconds))
  expect(told(90)).toContain('90 seconds.')
  expect(told(3566)).toContain('60 minutes.')
  expect(told(86_400)).toContain('24 hours.')
})

test('German has one word for a thing, in pages and mails, and says Sie', () => {
  const mails = readdirSync('../src/mail/texts').map((name) => {
    const [, german = ''] = readFileSync(`../src/mail/texts/${name}`, 'utf8').split('[de]')
    return [name, german] as const
  })
  expect(mails.length).toBeGreaterThan(20)
  const texts = [...Object.entries(de), ...Object.entries(appDe), ...Object.entries(problemsDe), ...mails]
  const others = /\b(?:Plan|Plans|Pläne|Plänen|Eigentümer\w*|du|dir|dich|deine?[mnrs]?|euch|eure?[mnrs]?)\b|\w:in(?:nen)?\b/i
  // Of a mail: not what is filled in.
  const plain = (text: string) => text.replace(/\{+\w+\}+/g, '')
  expect(texts.filter(([, text]) => others.test(plain(text)))).toEqual([])
  const told = [...toldDe, ...faultsDe].map(([, text]) => text)
  expect(told.filter((text) => others.test(text))).toEqual([])
})

test('an offer is withdrawn, and nowhere called cancelled', () => {
  const lines = (file: string) => readFileSync(file, 'utf8').split('\n')
  const files = (folder: string, ending: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`)
  const read = [...files('../docs', '.md'), ...files('../src/mail/texts', '.txt'), '../api/openapi.yaml', '../CHANGELOG.md']
  expect(read.length).toBeGreaterThan(60)
  const literals = files('../src/app', '.cpp').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/"([^"\n]+)"/g)].map(([, text]) => text ?? ''),
  )
  const texts = [...Object.values({ ...en, ...appEn, ...problemsEn }), ...literals, ...read.flatMap(lines)]
  // Not of a name that programs use: a path, an operation, a state.
  const cancelled = texts.filter((text) => /\boffers?\b/i.test(text) && /(?<![\w/])cancel(?:l?ed|s)?\b/i.test(text))
  expect(cancelled).toEqual([])
})
