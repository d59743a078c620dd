import { expect, test } from 'vitest'

import { freeName, nameFor } from './names'

test('an image gives its last part for a name, without tag and digest', () => {
  expect(nameFor('docker.io/nginxinc/nginx-unprivileged:1.27')).toBe('nginx-unprivileged')
  expect(nameFor('localhost:5000/Team_X/My_App@sha256:abc')).toBe('my-app')
  expect(nameFor('')).toBe('')
  expect(nameFor('-x-')).toBe('x')
  expect(nameFor('a'.repeat(31) + '-b')).toBe('a'.repeat(31))
})

test('letters with marks are written without them, not left out', () => {
  expect(nameFor('Müller & Söhne')).toBe('mueller-soehne')
  expect(nameFor('Mu\u0308ller')).toBe('mueller')
  expect(nameFor('Crème Straße')).toBe('creme-strasse')
})

test('a name that is taken gets the first free number, and stays short enough', () => {
  expect(freeName('web', new Set())).toBe('web')
  expect(freeName('web', new Set(['web', 'web-2']))).toBe('web-3')
  const long = 'a'.repeat(32)
  const next = freeName(long, new Set([long]))
  expect(next).toBe('a'.repeat(30) + '-2')
})
