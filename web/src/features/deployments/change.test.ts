import { expect, test } from 'vitest'

import type { Schemas } from '@/api/client'

import { changesOf, clashes, draftOf, patchOf, type Draft, isTwice } from './change'

const deployment = {
  exposure: 'public',
  services: {
    web: {
      image: 'nginx:1', port: 80, replicas: 1, autoscale: null, env: { A: '1', B: '2' }, wanted: 1, ready: 1, restarts: 0, has_volume: false,
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '250m', memory: '256Mi' } },
    },
    db: {
      image: 'postgres:16', port: null, replicas: 1, autoscale: null, env: {}, wanted: 1, ready: 1, restarts: 0, has_volume: false,
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '250m', memory: '256Mi' } },
    },
  },
} as unknown as Schemas['Deployment']

const before = draftOf(deployment)
const edited = (edit: (draft: Draft) => void): Draft => {
  const after = structuredClone(before)
  edit(after)
  return after
}
const web = (draft: Draft) => draft.services.web ?? expect.fail('no service web')

test('what was not changed is in no patch', () => {
  expect(changesOf(before, structuredClone(before))).toEqual([])
  expect(patchOf([])).toEqual({})
  // Blanks around a value are no change.
  expect(changesOf(before, edited((to) => (web(to).image = ' nginx:1 ')))).toEqual([])
})

test('a patch says what was changed, of the service where it was', () => {
  const after = edited((to) => {
    to.exposure = 'internal'
    web(to).image = 'nginx:2'
    web(to).port = ''
    web(to).replicas = '3'
    web(to).memory = '1Gi'
    web(to).env = [{ name: 'B', value: '3' }, { name: 'C', value: '' }, { name: '', value: 'x' }]
  })
  const changes = changesOf(before, after)
  expect(patchOf(changes)).toEqual({
    exposure: 'internal',
    services: {
      web: {
        image: 'nginx:2', port: null, replicas: 3,
        resources: { limits: { memory: '1Gi' } },
        env: { A: null, B: '3', C: '' },
      },
    },
  })
  expect(changes.find((one) => one.variable === 'A')).toEqual({
    service: 'web', what: 'variable', variable: 'A', before: '1', after: null,
  })
})

test('both limits of one service stand in one patch', () => {
  const after = edited((to) => Object.assign(web(to), { cpu: '1', memory: '1Gi' }))
  expect(patchOf(changesOf(before, after))).toEqual({
    services: { web: { resources: { limits: { cpu: '1', memory: '1Gi' } } } },
  })
})

test('from a fixed number to bounds and back, a patch says the one that counts', () => {
  const scaled = edited((to) => Object.assign(web(to), { scaling: 'auto', min: '2', max: '6', target: '60', replicas: '9' }))
  const there = changesOf(before, scaled)
  expect(patchOf(there)).toEqual({ services: { web: { autoscale: { min: 2, max: 6, cpu: 60 } } } })
  expect(there.find((one) => one.what === 'replicas')).toMatchObject({ before: '1', after: null })
  const more = structuredClone(scaled)
  Object.assign(web(more), { max: '8', replicas: '3' })
  expect(patchOf(changesOf(scaled, more))).toEqual({ services: { web: { autoscale: { max: 8 } } } })
  const back = structuredClone(more)
  Object.assign(web(back), { scaling: 'fixed', min: '7' })
  expect(patchOf(changesOf(more, back))).toEqual({ services: { web: { replicas: 3 } } })
  // What does not count is no change.
  expect(changesOf(before, edited((to) => Object.assign(web(to), { min: '5', max: '9', target: '1' })))).toEqual([])
})

test('what is scaled comes into the form with its bounds', () => {
  const one = { ...deployment.services.web, replicas: null, autoscale: { min: 2, max: 5, cpu: 55 } } as Schemas['ServiceState']
  expect(draftOf({ ...deployment, services: { web: one } }).services.web).toMatchObject({
    scaling: 'auto', replicas: '2', min: '2', max: '5', target: '55',
  })
})

test('two changes clash where they change the same thing, and nowhere else', () => {
  const mine = changesOf(before, edited((to) => Object.assign(web(to), { replicas: '2', image: 'nginx:2' })))
  const theirs = changesOf(before, edited((to) => Object.assign(web(to), { replicas: '5', port: '81' })))
  expect(clashes(mine, theirs).map((one) => one.what)).toEqual(['replicas'])
  const db = changesOf(before, edited((to) => Object.assign(to.services.db ?? {}, { replicas: '5' })))
  expect(clashes(mine, db)).toEqual([])
})

test('the second of two variables with one name is wrong, and no line that is empty', () => {
  const env = ['A', '', ' A ', 'B', ''].map((name) => ({ name, value: '' }))
  expect(env.map((_, at) => isTwice(env, at))).toEqual([false, false, true, false, false])
})
