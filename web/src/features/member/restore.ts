import { useMutation } from '@tanstack/react-query'

import { ask, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'

// Gives back what somebody had who was removed; by id or by address.
// `done` comes before the page is renewed, which may take away who asked for it.
export function useRestore(org: string, done?: (back: Schemas['Reinstated']) => void) {
  return useMutation({
    mutationFn: async (user: string) =>
      (
        await ask('post', '/api/v1/orgs/{org}/members/{user}/reinstate', {
          params: { org, user },
        })
      ).body,
    onSuccess: async (back) => {
      done?.(back)
      await renew(org)
    },
  })
}
