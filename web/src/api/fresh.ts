import { focusManager, type Query } from '@tanstack/react-query'

import { queries, refused } from './queries'

// Keeps every page that is looked at no older than a minute, whoever changed what it shows: of most things
// no stream tells. What nobody looks at, in hidden tabs too, is not asked for; nor is anything while nobody
// has touched the page for long, so that a forgotten tab keeps no session from ending.
export const freshMs = 50_000
export const tickMs = 10_000
export const awayMs = 15 * 60_000

const shared = new Set<unknown>(['me', 'org', 'orgs', 'platform', 'sessions'])

// A list of many parts takes a request for each of them, so it waits as many times as long: one query
// is one request in `freshMs` at most. What was refused to a role is not asked for again, for each
// refusal stands in the audit log; with the role it is read anew.
export function due(query: Query, now: number): boolean {
  const { queryKey, state } = query
  if (!shared.has(queryKey[0]) || !query.isActive() || state.fetchStatus !== 'idle') return false
  if (refused(query)) return false
  const parts = (state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 1
  return now - Math.max(state.dataUpdatedAt, state.errorUpdatedAt) >= freshMs * Math.max(parts, 1)
}

let touched = 0

function look() {
  const now = Date.now()
  if (document.visibilityState === 'hidden' || now - touched > awayMs) return
  void queries.refetchQueries({ predicate: (query) => due(query, now) }, { cancelRefetch: false })
}

function touch() {
  const away = Date.now() - touched > awayMs
  touched = Date.now()
  if (away) look()
}

// For as long as the document is there.
export function keepFresh() {
  touched = Date.now()
  for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
    window.addEventListener(sign, touch, { passive: true, capture: true })
  setInterval(look, tickMs)
  // A window beside another one is visible all the time: what one comes back to is looked at as well.
  focusManager.setEventListener((told) => {
    const tell = () => told()
    window.addEventListener('focus', tell)
    document.addEventListener('visibilitychange', tell)
    return () => {
      window.removeEventListener('focus', tell)
      document.removeEventListener('visibilitychange', tell)
    }
  })
}
