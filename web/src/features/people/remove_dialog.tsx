import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { toast } from '@/components/toasts'

import { RemovalEffects } from './removal_effects'

// What goes and what stays is said before, and the name has to be typed.
export function RemoveDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: Schemas['Member']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () =>
      ask('delete', '/api/v1/orgs/{org}/members/{user}', {
        params: { org, user: of.user.id },
        query: { confirm: true },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['org', org] })
      toast(t('people.removed', { name: of.user.name }))
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('people.remove_title', { name: of.user.name })}
      lead={t('people.remove_lead')}
      action={t('people.remove')}
      look="danger"
      busy={remove.isPending}
      ready={typed.trim() === of.user.name}
      problems={[remove.error]}
      send={() => remove.mutateAsync()}
      onClose={onClose}
    >
      <RemovalEffects org={org} user={of.user.id} />
      <TextField
        label={t('people.type_name', { name: of.user.name })}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </FormDialog>
  )
}
