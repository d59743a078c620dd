import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'

import { ask } from '@/api/client'

const pageSize = 50

export const teamList = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'teams', 'pages'],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/teams', {
          params: { org },
          query: { limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  })

export const team = (org: string, team: string) =>
  queryOptions({
    queryKey: ['org', org, 'team', team],
    queryFn: ({ signal }) =>
      ask('get', '/api/v1/orgs/{org}/teams/{team}', { params: { org, team }, signal }),
  })

export const teamMembers = (org: string, team: string, name: string) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'team', team, 'members', name],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/teams/{team}/members', {
          params: { org, team },
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

// The server wants two letters.
export const candidates = (org: string, team: string, q: string) =>
  queryOptions({
    queryKey: ['org', org, 'team', team, 'candidates', q],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/teams/{team}/members/candidates', {
          params: { org, team },
          query: { q },
          signal,
        })
      ).body,
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
  })
