import { queryOptions } from '@tanstack/react-query'

import { ask } from '@/api/client'
import { everyPage } from '@/api/every'

export const member = (org: string, user: string) =>
  queryOptions({
    queryKey: ['org', org, 'member', user, 'page'],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/members/{user}', { params: { org, user }, signal })
      ).body,
  })

// The person's role in the organization, and one right a team.
export const rightsOf = (org: string, user: string) =>
  queryOptions({
    queryKey: ['org', org, 'access', 'of', user],
    queryFn: ({ signal }) =>
      everyPage(
        async (page) =>
          (await ask('get', '/api/v1/orgs/{org}/access-review', { params: { org }, query: { user, ...page }, signal }))
            .body,
      ),
  })
