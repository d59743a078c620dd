import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { ProblemNotice } from '@/components/problem'

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
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('access.finish')}
      lead={
        <p>
          {pending > 0
            ? t('access.finish_lead', { count: pending })
            : t('access.finish_lead_none')}
        </p>
      }
    >
      <div className="flex flex-col gap-4">
        {finish.error ? <ProblemNotice problem={asProblem(finish.error)} /> : null}
        <div className="flex gap-2">
          <Button look="primary" busy={finish.isPending} onClick={() => finish.mutate()}>
            {t('access.finish')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
