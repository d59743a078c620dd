import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { FormDialog } from '@/components/form_dialog'
import { toast } from '@/components/toasts'

// Who is not invited any more, what ends with it and what stays. `over`: told of what is not as it was any
// more, so that there is nothing left to be asked.
export function RevokeDialog({
  org,
  of,
  over,
  onClose,
}: {
  org: string
  of: Schemas['Invitation']
  over: (error: Error) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const revoke = useMutation({
    mutationFn: () =>
      ask('delete', '/api/v1/orgs/{org}/invitations/{invitation}', { params: { org, invitation: of.id } }),
    onSuccess: async () => {
      toast(t('people.revoked', { email: of.email }))
      onClose()
      await client.invalidateQueries({ queryKey: ['org', org] })
    },
    onError: (error) => {
      const { status } = asProblem(error)
      if (status !== 409 && status !== 404) return
      onClose()
      over(error)
    },
  })
  return (
    <FormDialog
      title={t('people.revoke_sure', { email: of.email })}
      lead={t('people.revoke_text')}
      action={t('people.revoke')}
      look="danger"
      busy={revoke.isPending}
      problems={[revoke.error]}
      send={() => revoke.mutateAsync()}
      onClose={onClose}
    />
  )
}
