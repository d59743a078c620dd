import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { toldText } from './told'
import { toldDe } from './told_de'

// Where the server says something of a deployment's state, or of the isolation.
const sources = [
  'domain/sandbox/paused.hpp',
  'operator/plan/cause.cpp',
  'operator/plan/deployment_status.cpp',
  'operator/plan/route.cpp',
  'operator/plan/sandbox.cpp',
  'operator/plan/events.cpp',
  'operator/engine/observe.cpp',
  'operator/isolation/report.cpp',
  'operator/isolation/judge.cpp',
  'operator/probe/condition.hpp',
  'reach/reach.cpp',
  'reach/ports.cpp',
  'kube/refusal.cpp',
  'sync/barred.cpp',
  'sync/carrier.cpp',
  'sync/sync.cpp',
  'sync/observer.cpp',
]

// Conditions of a Sandbox but Ready, whose texts the API has by their reasons.
const conditions = /^(?:No probe has shown yet|The quota in the namespace is)/
// What others say, that is looked for in it; texts of the program's own report; and what is only a part.
const elsewhere =
  /^(?:run as root|non-numeric user|no such host|i\/o timeout|deadline exceeded|40[13] \w+|authorization failed|access denied|not found|manifest unknown|exceeded quota|violates PodSecurity|limited: |being terminated|failed calling webhook|statuscode: |HTTP | (?:cannot|resource) |no answer|secrets without a key|networkpolicy x.*)$|\\n|^\W*(?:x|x x x|x findings)?\W*$/

// A place in a text, as it may be filled.
const filled = (text: string) =>
  text
    .replace(/Waiting for \{\} (?:pods|\{\}\{\}) to end/, 'Waiting for 2 pods to end')
    .replace(/namespace\{\}: \{\}/, 'namespaces: a, b')
    .replace(/^is (?:missing|not as it was written)$/, 'Quota x $&')
    .replace(/ yet\{\}\./, ' yet.')
    .replace(/\{\} in \{\} /, 'x in 7 ')
    .replace(/\{\} of \{\} pod is/, '0 of 1 pod is')
    .replace(/\{\} of \{\} pods/, '1 of 2 pods')
    .replace(/and \{\} more/, 'and 7 more')
    .replace(/ (?:run|room|object|deployment): $/, '$&x')
    .replace(/before: $/, '$&1 of 2 pods are ready.')
    .replaceAll('{}', 'x')

function saidByTheServer(): string[] {
  const found = new Set<string>()
  for (const name of sources) {
    const text = readFileSync(`../src/${name}`, 'utf8')
      .replace(/^\s*\/\/.*$|^#include.*$/gm, '')
      .replace(/log::\w+\([^;]*?\);/g, '')
    // Literals that stand one after another are one text.
    for (const [literals] of text.matchAll(/(?:"(?:[^"\\\n]|\\.)*"\s*)+/g)) {
      const said = [...literals.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, one]) => one).join('')
      if (said.includes(' ') && !conditions.test(said)) found.add(filled(said))
    }
  }
  const statements = readFileSync('../src/sql/queries/deployments.sql', 'utf8')
  for (const [, said] of statements.matchAll(/message = CASE .*?'([A-Z][^']+\.)'/g)) found.add(said ?? '')
  return [...found].filter((said) => !elsewhere.test(said)).sort()
}

test('whatever the server says of a state or of the isolation is said in German', () => {
  const said = saidByTheServer()
  expect(said.length).toBeGreaterThan(80)
  expect(said).toContain('A restart is on its way.')
  expect(said.filter((text) => toldText(text, toldDe) === null)).toEqual([])
})

test('no part of what was said is lost', () => {
  for (const [said, text] of toldDe) {
    const groups = said.source.match(/\((?!\?)/g)?.filter((_, at) => said.source.split(/\((?!\?)/)[at]?.at(-1) !== '\\')
    const places = new Set(text.match(/[$@]\d/g)?.map((one) => one.slice(1)))
    expect(places.size, text).toBe(groups?.length ?? 0)
  }
})

test('texts within texts are said in German too', () => {
  const german = (text: string) => toldText(text, toldDe)
  expect(german('1 of 1 pod is ready.')).toBe('1 von 1 Pod ist bereit.')
  expect(german('2 of 3 pods are ready.')).toBe('2 von 3 Pods sind bereit.')
  expect(german('1 of 2 pods is ready. web runs, but does not answer on port 80/ yet: connection refused.')).toBe(
    '1 von 2 Pods ist bereit. web läuft, antwortet aber noch nicht: Port 80/. Die Verbindung wurde abgelehnt.',
  )
  expect(german('Waiting for pods of the new revision. With those of before: 0 of 1 pod is ready.')).toBe(
    'Es wird auf Pods der neuen Revision gewartet. Mit denen von zuvor: 0 von 1 Pod ist bereit.',
  )
  expect(german('web runs, but does not answer on port 8080/healthz: HTTP 404.')).toBe(
    'web läuft, antwortet aber nicht: Port 8080/healthz. Antwort war HTTP 404.',
  )
  expect(german('The image nginx:1.2 cannot be fetched. Its registry has none of that name; check its name and its tag.')).toBe(
    'Das Image nginx:1.2 lässt sich nicht laden. Seine Registry hat keines mit diesem Namen; prüfen Sie Namen und Tag.',
  )
  expect(german('the internet on TCP 1-24, 26-65535; UDP all')).toBe('das Internet auf TCP 1-24, 26-65535; UDP: alle')
  expect(german('the ingress controller in 1 namespace: ingress-nginx')).toBe('der Ingress-Controller in 1 Namespace: ingress-nginx')
  expect(german('a/web reaches pods of another organization on all: let out by no policy')).toBe(
    'a/web erreicht Pods einer anderen Organisation auf allen Ports; hinaus lässt: keine Regel',
  )
  expect(german('0/3 nodes are available')).toBeNull()
})
