import { useEffect, useSyncExternalStore } from 'react'

import { asProblem, Problem, sessionEnded } from './client'
import { eventReader } from './events'
import { arrived, caughtUp, rightsChanged } from './live_changes'

// One stream of an organization's changes for all of a tab, while a page that shows some is open.
// 'lost': what is shown may be old until the stream is back.
export type Live = 'opening' | 'open' | 'lost'

const firstWaitMs = 1_000
const longestWaitMs = 30_000
// Three heartbeats of the server.
const silenceMs = 45_000
// A browser keeps few connections to one host: tabs that nobody looks at give theirs back.
const unseenMs = 60_000
// So that going from page to page does not end it.
const lingerMs = 2_000

interface Stream {
  org: string
  users: number
  live: Live
  lastId: string | null
  waitMs: number
  cut: AbortController | null
  timer: ReturnType<typeof setTimeout> | undefined
  deaf: boolean
}

const streams = new Map<string, Stream>()
const listeners = new Set<() => void>()

function tell(stream: Stream, live: Live) {
  if (stream.live === live) return
  stream.live = live
  for (const listener of listeners) listener()
}

function close(stream: Stream) {
  clearTimeout(stream.timer)
  stream.cut?.abort()
  stream.cut = null
}

function again(stream: Stream, afterMs: number) {
  clearTimeout(stream.timer)
  stream.timer = setTimeout(() => void run(stream), afterMs)
}

// Longer each time, and not all tabs at once when a server comes back.
function backOff(stream: Stream): number {
  const wait = stream.waitMs * (0.5 + Math.random() / 2)
  stream.waitMs = Math.min(stream.waitMs * 2, longestWaitMs)
  return wait
}

async function opened(stream: Stream, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(`/api/v1/orgs/${encodeURIComponent(stream.org)}/stream`, {
    headers: {
      Accept: 'text/event-stream',
      ...(stream.lastId ? { 'Last-Event-ID': stream.lastId } : {}),
    },
    credentials: 'same-origin',
    cache: 'no-store',
    signal,
  })
  if (response.ok && response.body) return response.body
  const wait = Number(response.headers.get('Retry-After') ?? '')
  await response.body?.cancel()
  throw new Problem(response.status, {}, wait > 0 ? wait : null)
}

async function read(stream: Stream, body: ReadableStream<Uint8Array>, cut: AbortController) {
  const events = eventReader()
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  for (;;) {
    const silence = setTimeout(() => cut.abort(), silenceMs)
    const { done, value } = await reader.read().finally(() => clearTimeout(silence))
    if (done) return
    for (const event of events(value)) {
      stream.lastId = event.id ?? stream.lastId
      arrived(stream.org, event)
    }
  }
}

async function run(stream: Stream) {
  close(stream)
  if (stream.users === 0 || stream.deaf) return
  const cut = new AbortController()
  stream.cut = cut
  try {
    const resumed = stream.lastId !== null
    const body = await opened(stream, cut.signal)
    stream.waitMs = firstWaitMs
    tell(stream, 'open')
    // What was read before the stream began may have changed since.
    if (!resumed) caughtUp(stream.org)
    await read(stream, body, cut)
    // It ended as it does when a right ends or a role changes. If there is none left, the next try
    // is told so.
    void rightsChanged(stream.org)
    again(stream, backOff(stream))
  } catch (error) {
    // Closed by us, or opened anew meanwhile.
    if (stream.cut !== cut || stream.users === 0) return
    const { status, retryAfter } = asProblem(error)
    tell(stream, 'lost')
    if (status === 401) return sessionEnded()
    if (status === 404) return void rightsChanged(stream.org)
    again(stream, retryAfter ? retryAfter * 1000 : backOff(stream))
  }
}

function stream(org: string): Stream {
  let found = streams.get(org)
  if (!found) {
    found = { org, users: 0, live: 'opening', lastId: null, waitMs: firstWaitMs, cut: null, timer: undefined, deaf: false }
    streams.set(org, found)
  }
  return found
}

function hold(org: string): () => void {
  const held = stream(org)
  held.users += 1
  if (held.users === 1 && (!held.cut || held.live === 'lost')) void run(held)
  return () => {
    held.users -= 1
    setTimeout(() => {
      if (held.users > 0) return
      close(held)
      streams.delete(org)
    }, lingerMs)
  }
}

let unseen: ReturnType<typeof setTimeout> | undefined
document.addEventListener('visibilitychange', () => {
  clearTimeout(unseen)
  if (document.visibilityState === 'hidden') {
    unseen = setTimeout(() => {
      for (const one of streams.values()) close(one)
    }, unseenMs)
    return
  }
  for (const one of streams.values()) if (!one.cut && one.users > 0) void run(one)
})
window.addEventListener('online', () => {
  for (const one of streams.values()) if (one.live === 'lost' && one.users > 0) void run(one)
})

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

// Its end is no news to whoever ends it: nothing is heard of it until that is done or has failed. Gives what
// goes on hearing.
export function deafTo(org: string): () => void {
  const held = streams.get(org)
  if (!held) return () => undefined
  held.deaf = true
  close(held)
  return () => {
    held.deaf = false
    if (held.users > 0) void run(held)
  }
}

// Keeps what the queries hold of this organization as it is, while the page is there. null: of none.
export function useLive(org: string | null): Live {
  useEffect(() => (org === null ? undefined : hold(org)), [org])
  return useSyncExternalStore(subscribe, () => (org === null ? undefined : streams.get(org)?.live) ?? 'opening')
}
