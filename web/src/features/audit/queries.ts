import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { ask } from '@/api/client'

import type { Filters } from './filters'

export const audit = (org: string, filters: Filters) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'audit', filters],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/audit', {
          params: { org },
          query: { limit: 50, ...filters, ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  })

// Whom to choose from; who is not among the first can be had from a row.
export const actors = (org: string) =>
  queryOptions({
    queryKey: ['org', org, 'members', 'choice'],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/members', {
          params: { org },
          query: { limit: 200 },
          signal,
        })
      ).body.items,
  })

export function exportPath(org: string, filters: Filters): string {
  const query = new URLSearchParams(filters as Record<string, string>)
  const path = `/api/v1/orgs/${encodeURIComponent(org)}/audit/export`
  return query.size > 0 ? `${path}?${query}` : path
}
