import { queryOptions } from '@tanstack/react-query'

import { ask, type Reply, type Schemas } from '@/api/client'
import { deploymentKey, deploymentsKey, type DeploymentsRead } from '@/api/live_changes'

const pageSize = 200
// Beyond it a search asks the server.
const mostPages = 5

// All of a team's deployments, so that they are sorted and counted as a whole.
export const deployments = (org: string, slug: string) =>
  queryOptions({
    queryKey: deploymentsKey(org, slug),
    queryFn: async ({ signal }): Promise<DeploymentsRead> => {
      const items: DeploymentsRead['items'] = []
      let cursor: string | null = null
      for (let page = 0; page < mostPages; ++page) {
        const reply: Reply<Schemas['DeploymentList']> = await ask(
          'get',
          '/api/v1/orgs/{org}/teams/{team}/deployments',
          {
            params: { org, team: slug },
            query: { limit: pageSize, ...(cursor ? { cursor } : {}) },
            signal,
          },
        )
        items.push(...reply.body.items)
        cursor = reply.body.next_cursor
        if (cursor === null) break
      }
      return { items, whole: cursor === null }
    },
  })

export const deployment = (org: string, slug: string, name: string) =>
  queryOptions({
    queryKey: deploymentKey(org, slug, name),
    queryFn: ({ signal }) =>
      ask('get', '/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}', {
        params: { org, team: slug, deployment: name },
        signal,
      }),
  })

export const templates = queryOptions({
  queryKey: ['templates'],
  queryFn: async ({ signal }) => (await ask('get', '/api/v1/templates', { signal })).body.items,
  staleTime: 300_000,
})
