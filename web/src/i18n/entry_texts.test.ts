import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from 'vitest'

import { appEn } from './app_en'
import { en } from './en'

const found = (from: string, name: string) => {
  const base = name.startsWith('@/') ? path.join('src', name.slice(2)) : path.join(path.dirname(from), name)
  return ['.ts', '.tsx', '/index.ts'].map((end) => base + end).find(existsSync)
}

// What is there before anybody is signed in: `from`, what it imports, and what it fetches when it is needed.
function reached(from: string, seen: Map<string, string>) {
  if (seen.has(from)) return
  const text = readFileSync(from, 'utf8')
  seen.set(from, text)
  const imports = /^(?:import|export)(?! type)[^;]*?from '([@.][^']+)'|import\('([@.][^']+)'\)/gm
  for (const [, name = '', later] of text.matchAll(imports)) {
    const to = found(from, later ?? name)
    if (to && !/routeTree|routes\/_app|i18n\/(?:app|entry)_/.test(to)) reached(to, seen)
  }
}

test('what is said before anybody is signed in is there then, and little else', () => {
  const seen = new Map<string, string>()
  const routes = readdirSync('src/routes').filter((name) => /^(?:_entry|__root|index)/.test(name))
  for (const name of ['main.tsx', ...routes.map((one) => `routes/${one}`)]) reached(`src/${name}`, seen)
  expect(seen.size).toBeGreaterThan(40)
  const code = [...seen].filter(([name]) => !name.startsWith('src/i18n/en')).map(([, text]) => text).join('\n')
  const said = new Set([...code.matchAll(/['"`]([a-z_]+\.[\w.:]+)['"`]/g)].map(([, name]) => name))
  const begun = [...code.matchAll(/`([a-z_]+\.\w*)\$\{/g)].map(([, name = '']) => name)
  const isSaid = (key: string) => said.has(key) || said.has(key.replace(/_(?:one|other)$/, ''))
  const mayBe = (key: string) => begun.some((name) => key.startsWith(name))
  expect(Object.keys(appEn).filter(isSaid)).toEqual([])
  expect(Object.keys(en).filter((key) => !isSaid(key) && !mayBe(key))).toEqual([])
})
