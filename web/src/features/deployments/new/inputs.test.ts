import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'

import { bodyOf, mustBeGiven, startOf, withoutSecrets, type Input } from './inputs'

const input = (name: string, more: Partial<Input> = {}): Input => ({
  name, description: '', required: false, secret: false, generated: false, default: null, ...more,
})
const template = {
  name: 'wiki',
  exposure: 'public',
  inputs: [
    input('TITLE', { required: true }),
    input('USER', { required: true, default: 'app' }),
    input('PASSWORD', { required: true, secret: true, generated: true }),
  ],
} as Schemas['Template']

test('only what a template neither makes nor knows has to be given', () => {
  expect(template.inputs.filter(mustBeGiven).map((one) => one.name)).toEqual(['TITLE'])
})

test('what is left empty is not sent, so that the template says it', () => {
  const values = startOf(template, 'wiki-2')
  expect(bodyOf(template, values)).toEqual({ name: 'wiki-2', template: 'wiki', inputs: {} })
  values.inputs.TITLE = 'Ours'
  expect(bodyOf(template, values).inputs).toEqual({ TITLE: 'Ours' })
})

test('who may reach it is sent where it is not as the template says', () => {
  const values = startOf(template, 'wiki-2')
  expect(bodyOf(template, values)).not.toHaveProperty('exposure')
  expect(bodyOf(template, { ...values, exposure: 'internal' }).exposure).toBe('internal')
})

test('a secret is in no draft that a browser keeps', () => {
  const values = { ...startOf(template, 'wiki'), inputs: { TITLE: 'Ours', PASSWORD: 'typed' } }
  expect(withoutSecrets(template, values).inputs).toEqual({ TITLE: 'Ours', PASSWORD: '' })
})
