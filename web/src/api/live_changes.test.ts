import { QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'

import type { Schemas } from './client'
import { arrived, deploymentsKey, oneWithChange, withChange, type DeploymentsRead } from './live_changes'
import { queries } from './queries'

const web = { id: '1', name: 'web', phase: 'Pending', revision: 1, updated_at: 'a' } as Schemas['Deployment']
const db = { ...web, id: '2', name: 'db' }
const list = { items: [db, web], whole: true }

test('an event changes its row and no other', () => {
  const ready = { ...web, phase: 'Ready' as const }
  const changed = withChange(list, ready)
  expect(changed.items).toEqual([db, ready])
  expect(changed.items[0]).toBe(db)
})

test('what is deleted leaves the list, and what no list has changes none', () => {
  expect(withChange(list, { id: '2', deleted: true }).items).toEqual([web])
  expect(withChange(list, { ...web, id: '3' })).toBe(list)
  expect(withChange(list, { id: '3', deleted: true })).toBe(list)
})

test('a live status keeps the version; another version of what is wanted is read again', () => {
  const reply = { body: web, etag: '"7"' }
  expect(oneWithChange(reply, { ...web, phase: 'Ready' })).toEqual({ body: { ...web, phase: 'Ready' }, etag: '"7"' })
  expect(oneWithChange(reply, { ...web, revision: 2 })).toBeNull()
  expect(oneWithChange(reply, { ...web, updated_at: 'b' })).toBeNull()
  expect(oneWithChange(reply, { id: '1', deleted: true })).toBeNull()
  expect(oneWithChange(reply, { id: '2', deleted: true })).toBe(reply)
})

test('an answer that was on its way when an event came does not undo it', async () => {
  const asked: ((list: DeploymentsRead) => void)[] = []
  const observer = new QueryObserver<DeploymentsRead>(queries, {
    queryKey: deploymentsKey('acme', 'core'),
    queryFn: () => new Promise((resolve) => asked.push(resolve)),
  })
  const end = observer.subscribe(() => undefined)
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  arrived('acme', { event: 'deployment.updated', id: '1', data: '{"id":"1","deleted":true}' })
  asked[0]?.(list)
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  asked[1]?.({ items: [db], whole: true })
  await vi.waitFor(() => expect(observer.getCurrentResult().data?.items).toEqual([db]))
  end()
})

test('a deployment that no list has is asked for once, not at each of its changes', async () => {
  const asked = vi.fn(async () => list)
  const observer = new QueryObserver<DeploymentsRead>(queries, {
    queryKey: deploymentsKey('acme', 'shop'),
    queryFn: asked,
  })
  const end = observer.subscribe(() => undefined)
  const change = (phase: string) =>
    arrived('acme', { event: 'deployment.updated', id: '1', data: JSON.stringify({ ...web, id: '9', phase }) })
  const settled = () => vi.waitFor(() => expect(observer.getCurrentResult().fetchStatus).toBe('idle'))
  await settled()
  change('Pending')
  await settled()
  expect(asked).toHaveBeenCalledTimes(2)
  change('Ready')
  await settled()
  expect(asked).toHaveBeenCalledTimes(2)
  end()
})

test('what is used of the plan is read again when a deployment gets another size or an invitation changes', async () => {
  const asked = vi.fn(async () => null)
  const observer = new QueryObserver(queries, { queryKey: ['org', 'acme', 'usage'], queryFn: asked })
  const end = observer.subscribe(() => undefined)
  const settled = () => vi.waitFor(() => expect(observer.getCurrentResult().fetchStatus).toBe('idle'))
  await settled()
  queries.setQueryData(deploymentsKey('acme', 'size'), list)
  const change = (to: object) => arrived('acme', { event: 'deployment.updated', id: '1', data: JSON.stringify(to) })
  change({ ...web, phase: 'Ready' })
  await settled()
  expect(asked).toHaveBeenCalledTimes(1)
  change({ ...web, revision: 2 })
  await settled()
  expect(asked).toHaveBeenCalledTimes(2)
  arrived('acme', { event: 'invitation.updated', id: '2', data: '{}' })
  await settled()
  expect(asked).toHaveBeenCalledTimes(3)
  end()
})
