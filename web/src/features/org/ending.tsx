import { useState } from 'react'
import { useTranslation } from '@/i18n'

import type { Reply, Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Panel, Section } from '@/components/page'

import { EndDialog } from './end_dialog'

// Last on its page: leaving, which everybody but the owner can, and deleting, which only the owner can.
export function Ending({ of }: { of: Reply<Schemas['Organization']> }) {
  const { t } = useTranslation()
  const [doing, setDoing] = useState<'leave' | 'delete' | null>(null)
  const { role, state, allowed_actions } = of.body
  const may = {
    leave: role !== null && role !== 'org_owner',
    delete: allowed_actions.includes('org:delete') && state !== 'deleting',
  }
  return (
    <Section title={t('end.title')}>
      <Panel>
        {(['leave', 'delete'] as const).map((how) => (
          <div
            key={how}
            className="flex flex-wrap items-center justify-between gap-4 border-b border-line px-4 py-3 last:border-b-0"
          >
            <p id={`end-${how}`} className="max-w-prose min-w-0">
              {t(`end.${how}_text`)}{' '}
              {may[how] ? null : <span className="text-soft">{t(`end.${how}_not`)}</span>}
            </p>
            <Button
              look="danger"
              disabled={!may[how]}
              aria-describedby={`end-${how}`}
              onClick={() => setDoing(how)}
            >
              {t(`end.${how}`)}
            </Button>
          </div>
        ))}
      </Panel>
      {doing ? <EndDialog how={doing} of={of} onClose={() => setDoing(null)} /> : null}
    </Section>
  )
}
