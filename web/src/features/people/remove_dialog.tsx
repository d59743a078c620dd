import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { TextField } from '@/components/field'
import { ProblemNotice } from '@/components/problem'
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
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('people.remove_title', { name: of.user.name })}
      lead={<p>{t('people.remove_lead')}</p>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!remove.isPending && typed.trim() === of.user.name) remove.mutate()
        }}
      >
        {remove.error ? <ProblemNotice problem={asProblem(remove.error)} /> : null}
        <RemovalEffects org={org} user={of.user.id} />
        <TextField
          label={t('people.type_name', { name: of.user.name })}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="flex gap-2">
          <Button
            type="submit"
            look="danger"
            busy={remove.isPending}
            disabled={typed.trim() !== of.user.name}
          >
            {t('people.remove')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
