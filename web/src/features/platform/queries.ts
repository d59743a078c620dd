import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'

import { ask, Problem, type Schemas } from '@/api/client'

const pageSize = 50

export const organizations = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['platform', 'orgs', name],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/platform/orgs', {
          query: {
            limit: pageSize,
            ...(pageParam ? { cursor: pageParam } : {}),
            ...(name ? { name } : {}),
          },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  })

export const plans = queryOptions({
  queryKey: ['platform', 'plans'],
  queryFn: async ({ signal }) => (await ask('get', '/api/v1/platform/plans', { signal })).body,
})

// What is over the limits of a plan. Read anew each time: whatever anybody does changes it.
export const planPreview = (org: string, plan: string) =>
  queryOptions({
    queryKey: ['platform', 'plan-preview', org, plan],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/platform/orgs/{org}/subscription/preview', {
          params: { org },
          query: { plan },
          signal,
        })
      ).body,
    staleTime: 0,
    gcTime: 0,
  })

export const allIsolation = (exposed: boolean) =>
  infiniteQueryOptions({
    queryKey: ['platform', 'isolation', exposed],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/platform/isolation', {
          query: {
            limit: 25,
            ...(pageParam ? { cursor: pageParam } : {}),
            ...(exposed ? { state: 'exposed' as const } : {}),
          },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  })

const everyMs = 15_000

// A server that is not ready says so with 503, and why in the same shape.
export const readiness = queryOptions({
  queryKey: ['platform', 'readiness'],
  queryFn: async ({ signal }): Promise<Schemas['Readiness']> => {
    try {
      return (await ask('get', '/readyz', { signal })).body
    } catch (error) {
      if (error instanceof Problem && error.body.checks)
        return error.body as unknown as Schemas['Readiness']
      throw error
    }
  },
  refetchInterval: everyMs,
})
