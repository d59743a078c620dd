import { QueryClient, queryOptions, type Query } from '@tanstack/react-query'

import { forgetSignedIn } from '@/signed_in'

import { ask, asProblem, Problem, whenMissing } from './client'
import { everyPage } from './every'

const calm = 15_000

// What a role is refused stands in the audit log each time: it is not asked for again by itself.
export const refused = ({ state }: { state: Pick<Query['state'], 'error'> }) =>
  state.error !== null && asProblem(state.error).status === 403

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: calm,
      // What the server refuses it refuses again; what it did not answer it may.
      retry: (failures, error) => {
        const { status } = asProblem(error)
        return failures < 2 && (status === 0 || status === 503)
      },
      refetchOnWindowFocus: (query) => !refused(query),
    },
    mutations: { retry: false },
  },
})

export const config = queryOptions({
  queryKey: ['config'],
  queryFn: async ({ signal }) => (await ask('get', '/api/v1/config', { signal })).body,
  staleTime: Infinity,
})

// Who is signed in; null for nobody.
export const me = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    try {
      return (await ask('get', '/api/v1/me', { signal })).body
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
})

export const organization = (org: string) =>
  queryOptions({
    queryKey: ['org', org],
    queryFn: ({ signal }) => ask('get', '/api/v1/orgs/{org}', { params: { org }, signal }),
    // What one may do there changes by what others do.
    refetchOnWindowFocus: 'always',
  })

// The organization alone leads on from a name that it had: where it has another now, its frame goes on there.
// It tells too what one may do there now, or that one is not in it any more.
whenMissing((org) => {
  const { queryKey } = org === null ? me : organization(org)
  void queries.invalidateQueries({ queryKey, exact: true })
})

export const usage = (org: string) =>
  queryOptions({
    queryKey: ['org', org, 'usage'],
    queryFn: async ({ signal }) =>
      (await ask('get', '/api/v1/orgs/{org}/usage', { params: { org }, signal })).body,
    // Everything that anybody does changes it: what is kept is shown, and read again with each page.
    staleTime: 0,
  })

export const teams = (org: string) =>
  queryOptions({
    queryKey: ['org', org, 'teams'],
    queryFn: ({ signal }) =>
      everyPage(async (query) => (await ask('get', '/api/v1/orgs/{org}/teams', { params: { org }, query, signal })).body),
    staleTime: 0,
  })

export const offers = (org: string) =>
  queryOptions({
    queryKey: ['org', org, 'offers'],
    queryFn: async ({ signal }) =>
      (await ask('get', '/api/v1/orgs/{org}/ownership-offers', { params: { org }, query: { limit: 200 }, signal })).body,
    refetchOnWindowFocus: 'always',
  })

export const invitation = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: async ({ signal }) =>
      (await ask('post', '/api/v1/invitations/lookup', { body: { token }, signal })).body,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

// What belongs to nobody: asked again behind a page that still stands there, a link that was just used would
// be told to be none.
const nobodys: readonly unknown[] = ['config', 'me', 'invitation', 'setup']

// After anything that changes who is signed in: nothing of the one before may be seen.
export async function signedInAs(): Promise<void> {
  queries.removeQueries({ predicate: (query) => !nobodys.includes(query.queryKey[0]) })
  if ((await queries.fetchQuery({ ...me, staleTime: 0 })) === null) forgetSignedIn()
}

const lookMs = 20
const looksMost = 100

// Forgets what was ended, once nothing on the screen shows it: what is shown would be asked for again.
export async function forget(queryKey: readonly unknown[]): Promise<void> {
  const cache = queries.getQueryCache()
  for (let looks = 0; looks < looksMost && cache.findAll({ queryKey, type: 'active' }).length > 0; ++looks)
    await new Promise((later) => setTimeout(later, lookMs))
  queries.removeQueries({ queryKey })
}

// After a change of an organization: all of it, and what one has there oneself, is read again.
export async function renew(org: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: me.queryKey }),
    queries.invalidateQueries({ queryKey: ['org', org] }),
  ])
}
