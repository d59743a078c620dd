import { useMutation, useQueryClient } from '@tanstack/react-query'

import { ask } from '@/api/client'

export function useDecide(org: string, review: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ row, decision }: { row: number; decision: 'confirmed' | 'removed' }) =>
      ask('put', '/api/v1/orgs/{org}/access-reviews/{review}/rows/{row}', {
        params: { org, review, row: String(row) },
        body: { decision, ...(decision === 'removed' ? { confirm: true } : {}) },
      }),
    // A removal changes more than its row: a person's other rights are gone with it.
    onSettled: () => client.invalidateQueries({ queryKey: ['org', org] }),
  })
}
