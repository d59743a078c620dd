import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { me } from '@/api/queries'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { TextField } from '@/components/field'
import { Notice } from '@/components/notice'
import { ProblemNotice } from '@/components/problem'
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
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('access.remove_title', { name })}
      lead={<p>{t(whole ? 'access.remove_text' : 'access.remove_team_text')}</p>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !decide.isPending)
            decide.mutate({ row: of.number, decision: 'removed' }, { onSuccess: onClose })
        }}
      >
        {data?.user.id === of.user.id ? <Notice tone="warn">{t('access.remove_you')}</Notice> : null}
        {decide.error ? <ProblemNotice problem={asProblem(decide.error)} /> : null}
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
        <div className="flex gap-2">
          <Button type="submit" look="danger" busy={decide.isPending} disabled={!ready}>
            {t('access.remove')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
