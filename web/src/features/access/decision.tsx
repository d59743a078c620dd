import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Pill, type PillTone } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'

import { useDecide } from './decide'
import { RemoveRightDialog } from './remove_right_dialog'

type ReviewRow = Schemas['ReviewRow']

const tones: Record<Exclude<ReviewRow['decision'], 'pending'>, PillTone> = {
  confirmed: 'good',
  removed: 'danger',
  changed: 'neutral',
  undecided: 'warn',
}

// What was decided of a right, or the two things that can be.
export function Decision({
  org,
  review,
  of,
  open,
}: {
  org: string
  review: string
  of: ReviewRow
  open: boolean
}) {
  const { t } = useTranslation()
  const [removing, setRemoving] = useState(false)
  const decide = useDecide(org, review)
  const name = of.user.name ?? t('people.former')
  const what = { name, role: t(`role.${of.role}`) }
  const here = open && of.now === 'same'
  // The owner's right passes to somebody else, and is not removed.
  const removable = here && of.decision !== 'removed' && of.role !== 'org_owner'
  return (
    <span className="flex flex-col gap-2">
      {of.decision !== 'pending' ? (
        <span className="flex flex-wrap items-center gap-2">
          <Pill tone={tones[of.decision]}>{t(`access.${of.decision}`)}</Pill>
          {of.decided_by ? (
            <span className="text-xs wrap-anywhere text-soft">
              {t('access.decided_by', { name: of.decided_by.name ?? t('people.former') })}
            </span>
          ) : null}
        </span>
      ) : null}
      {of.now !== 'same' && of.decision !== 'removed' ? (
        <span className="text-soft">
          {t(`access.${of.now}`)}
          {of.now === 'changed' && of.role_now ? (
            <span className="block">
              {t('access.now', { role: t(`role.${of.role_now}` as 'role.viewer') })}
            </span>
          ) : null}
        </span>
      ) : null}
      {here && (of.decision === 'pending' || removable) ? (
        <span className="flex flex-wrap gap-2">
          {of.decision === 'pending' ? (
            <Button
              busy={decide.isPending}
              aria-label={t('access.confirm_of', what)}
              onClick={() => decide.mutateAsync({ row: of.number, decision: 'confirmed' })}
            >
              {t('access.confirm')}
            </Button>
          ) : null}
          {removable ? (
            <Button
              look="quiet"
              aria-label={t('access.remove_of', what)}
              onClick={() => setRemoving(true)}
            >
              <span className="text-danger">{t('access.remove')}</span>
            </Button>
          ) : null}
        </span>
      ) : null}
      {decide.error ? <ProblemNotice problem={asProblem(decide.error)} /> : null}
      {removing ? (
        <RemoveRightDialog org={org} review={review} of={of} onClose={() => setRemoving(false)} />
      ) : null}
    </span>
  )
}
