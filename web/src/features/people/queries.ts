import { infiniteQueryOptions } from '@tanstack/react-query'

import { ask } from '@/api/client'

import type { State } from './states'

const pageSize = 50

export const members = (org: string, name: string) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'members', name],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/members', {
          params: { org },
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
  })

export const invitations = (org: string, state: State) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'invitations', state],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/invitations', {
          params: { org },
          query: { limit: pageSize, state, ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  })
