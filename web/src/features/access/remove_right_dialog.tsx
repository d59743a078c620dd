import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { me } from '@/api/queries'
import { TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { Notice } from '@/components/notice'
import { RemovalEffects } from '@/features/people/removal_effects'

import { useDecide } from './decide'

// Taking away the right to be in the organization is removing the person: it is asked like that.
export function RemoveRightDialog({
  org,
  review,
  of,
  onClose,
}: {
  org: string
  review: string
  of: Schemas['ReviewRow']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const { data } = useQuery(me)
  const decide = useDecide(org, review)
  const name = of.user.name ?? t('people.former')
  const whole = of.scope === 'organization'
  const ready = !whole || typed.trim() === name
  return (
    <FormDialog
      title={t('access.remove_title', { name })}
      lead={t(whole ? 'access.remove_text' : 'access.remove_team_text')}
      action={t('access.remove')}
      look="danger"
      busy={decide.isPending}
      ready={ready}
      problems={[decide.error]}
      send={() => decide.mutateAsync({ row: of.number, decision: 'removed' }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {data?.user.id === of.user.id ? <Notice tone="warn">{t('access.remove_you')}</Notice> : null}
      {whole ? (
        <>
          <RemovalEffects org={org} user={of.user.id} />
          <TextField
            label={t('people.type_name', { name })}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </>
      ) : null}
    </FormDialog>
  )
}
