import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, holdBack, type Reply, type Schemas } from '@/api/client'
import { deafTo } from '@/api/live'
import { forget, me } from '@/api/queries'
import { TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { toast } from '@/components/toasts'
import { useRecently } from '@/features/account/reauthenticate'

import { DeleteEffects } from './delete_effects'
import { LeaveEffects } from './leave_effects'

// `how`: one goes, or all of it goes. Either way it is not there for one any more.
export function EndDialog({
  how,
  of: { body, etag },
  onClose,
}: {
  how: 'leave' | 'delete'
  of: Reply<Schemas['Organization']>
  onClose: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { recently, dialog } = useRecently()
  const [typed, setTyped] = useState('')
  const params = { org: body.id }
  const end = useMutation({
    // Gives what lets go of it.
    mutationFn: () => {
      const end = async () => {
        const lifts = [holdBack({ org: [body.id, body.slug] }), deafTo(body.slug)]
        const lift = () => lifts.forEach((one) => one())
        try {
          if (how === 'leave') await ask('post', '/api/v1/orgs/{org}/leave', { params })
          else await ask('delete', '/api/v1/orgs/{org}', { params, body: { name: body.name }, etag })
        } catch (error) {
          lift()
          throw error
        }
        return lift
      }
      return how === 'leave' ? end() : recently(end)
    },
    onSuccess: async (lift) => {
      try {
        await navigate({ to: '/orgs' })
        toast(t(`end.${how}_done`, { organization: body.name }))
        await forget(['org', body.slug])
      } finally {
        lift()
      }
      await Promise.all([
        client.invalidateQueries({ queryKey: me.queryKey }),
        client.invalidateQueries({ queryKey: ['orgs'] }),
      ])
    },
  })
  return (
    <>
      <FormDialog
        title={t(`end.${how}`)}
        lead={t(`end.${how}_text`)}
        action={t(`end.${how}`)}
        look="danger"
        busy={end.isPending}
        ready={typed.trim() === body.name}
        problems={[end.error]}
        send={() => end.mutateAsync()}
        onClose={onClose}
      >
        {how === 'delete' ? <DeleteEffects org={body.slug} /> : <LeaveEffects org={body.slug} />}
        <TextField
          label={t('people.type_name', { name: body.name })}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </FormDialog>
      {dialog}
    </>
  )
}
