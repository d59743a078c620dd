import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { Button } from '@/components/button'

import { StartDialog } from './start_dialog'

// `why`: why one may not, once that is known.
export function StartReview({
  org,
  team,
  may,
  why,
}: {
  org: string
  team: string | null
  may: boolean
  why: string | null
}) {
  const { t } = useTranslation()
  const [starting, setStarting] = useState(false)
  return (
    <div className="flex flex-col items-start gap-1 sm:items-end">
      <Button
        look="primary"
        disabled={!may}
        aria-describedby={why === null ? undefined : 'review-why'}
        onClick={() => setStarting(true)}
      >
        {t('access.start')}
      </Button>
      {why === null ? null : (
        <p id="review-why" className="text-xs text-soft">
          {why}
        </p>
      )}
      {starting ? <StartDialog org={org} of={team} onClose={() => setStarting(false)} /> : null}
    </div>
  )
}
