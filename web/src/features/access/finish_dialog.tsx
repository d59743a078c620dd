import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { FormDialog } from '@/components/form_dialog'

export function FinishDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: Schemas['AccessReview']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const finish = useMutation({
    mutationFn: () =>
      ask('post', '/api/v1/orgs/{org}/access-reviews/{review}/finish', {
        params: { org, review: of.id },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['org', org] })
      onClose()
    },
  })
  const { pending } = of.counts
  return (
    <FormDialog
      title={t('access.finish')}
      lead={pending > 0 ? t('access.finish_lead', { count: pending }) : t('access.finish_lead_none')}
      action={t('access.finish')}
      busy={finish.isPending}
      problems={[finish.error]}
      send={() => finish.mutateAsync()}
      onClose={onClose}
    />
  )
}
