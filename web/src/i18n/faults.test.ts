import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { faultText } from './faults'
import { faultsDe } from './faults_de'

// What no page has to do with: settings of the program, and templates that come with it.
const elsewhere = /namespace_pattern\.cpp|origin\.cpp|template\/template(_text)?\.cpp/

// The server's words for what is wrong with a field: they go on where its name ends.
const begins = /^(?:must|may only|is|has|can|cannot|needs|takes|does|was) /

function saidByTheServer(): string[] {
  const found = new Set<string>()
  for (const part of ['domain', 'app', 'api', 'identity', 'authz']) {
    const folder = `../src/${part}`
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.[ch]pp$/.test(name) || name.endsWith('_test.cpp') || elsewhere.test(`${part}/${name}`)) continue
      const text = readFileSync(`${folder}/${name}`, 'utf8').replace(/^\s*\/\/.*$/gm, '')
      // Literals that stand one after another are one text.
      for (const [literals] of text.matchAll(/(?:"(?:[^"\\\n]|\\.)*"\s*)+/g)) {
        const said = [...literals.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, one]) => one).join('').replace(/\\(.)/g, '$1')
        if (begins.test(said)) found.add(said.replaceAll('{}', '7'))
      }
    }
  }
  // One whose kind is put in.
  for (const kind of ['a list', 'an integer', 'an object', 'text', 'true or false']) found.add(`must be ${kind}, not null`)
  found.delete('must be 7, not 7')
  return [...found].sort()
}

const german = (message: string) => faultsDe.find(([said]) => said.test(message))

test('whatever the server says of a field is said in German', () => {
  const said = saidByTheServer()
  expect(said.length).toBeGreaterThan(100)
  expect(said.filter((message) => !german(message))).toEqual([])
})

test('nothing is said in German that the server does not say', () => {
  const used = new Set(saidByTheServer().map(german))
  expect(faultsDe.filter((one) => !used.has(one)).map(([said]) => said.source)).toEqual([])
})

test('no number of a fault is lost, and every text is a sentence', () => {
  for (const [said, text] of faultsDe) {
    expect(text).toMatch(/^[A-ZÄÖÜ„].*\.$/)
    const groups = said.source.match(/\((?!\?)/g)?.length ?? 0
    if (!said.source.includes('delete')) expect(text.match(/\$\d/g)?.length ?? 0, text).toBe(groups)
  }
})

test('what no table knows is still said in English on an English page', () => {
  expect(faultText({ pointer: '/x', message: 'is odd' }, 'en')).toBe('Is odd.')
})
