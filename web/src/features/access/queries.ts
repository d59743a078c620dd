import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'

import { ask } from '@/api/client'
import { everyPage } from '@/api/every'

// `team`: of one team alone, for who administers it.
export const access = (org: string, team: string | null, inactive: boolean) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'access', team, inactive],
    queryFn: async ({ signal, pageParam }) => {
      const query = { limit: 50, inactive, ...(pageParam ? { cursor: pageParam } : {}) }
      return team === null
        ? (await ask('get', '/api/v1/orgs/{org}/access-review', { params: { org }, query, signal })).body
        : (
            await ask('get', '/api/v1/orgs/{org}/teams/{team}/access-review', {
              params: { org, team },
              query,
              signal,
            })
          ).body
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  })

// All that are kept, the newest first; the API has the oldest first.
export const reviews = (org: string, team: string | null) =>
  queryOptions({
    queryKey: ['org', org, 'reviews', team],
    queryFn: async ({ signal }) => {
      const found = await everyPage(
        async (page) =>
          (
            await ask('get', '/api/v1/orgs/{org}/access-reviews', {
              params: { org },
              query: { ...page, ...(team === null ? {} : { team }) },
              signal,
            })
          ).body,
      )
      return found.reverse()
    },
  })

export const review = (org: string, review: string) =>
  queryOptions({
    queryKey: ['org', org, 'review', review],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/access-reviews/{review}', {
          params: { org, review },
          signal,
        })
      ).body,
  })

export const reviewRows = (org: string, review: string) =>
  infiniteQueryOptions({
    queryKey: ['org', org, 'review', review, 'rows'],
    queryFn: async ({ signal, pageParam }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/access-reviews/{review}/rows', {
          params: { org, review },
          query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
          signal,
        })
      ).body,
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  })
