import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { Button } from '@/components/button'
import { FormDialog } from '@/components/form_dialog'
import { FeatureLacking, type Lacking } from '@/components/plan_feature'
import { toast } from '@/components/toasts'
import { usePromise } from '@/features/isolation/promise'

import { linesOf } from './egress_lines'

type Organization = Schemas['Organization']

// A list to be looked at.
export function EgressList({ of }: { of: NonNullable<Organization['egress']> }) {
  const { t } = useTranslation()
  if (of.length === 0) return <p>{t('egress.none')}</p>
  return (
    <pre aria-label={t('egress.lines')} className="max-w-md overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs">
      {linesOf(of)}
    </pre>
  )
}

function GiveUp({ of, etag, onClose }: { of: Organization; etag: string | null; onClose: () => void }) {
  const { t } = useTranslation()
  const giveUp = useMutation({
    mutationFn: () => ask('patch', '/api/v1/orgs/{org}', { params: { org: of.id }, body: { egress: null }, etag }),
    onSuccess: async () => {
      await renew(of.slug)
      toast(t('egress.saved'))
      onClose()
    },
    // Somebody was faster: what is there now is what would be given up.
    onError: () => void renew(of.slug),
  })
  return (
    <FormDialog
      title={t('egress.give_up')}
      lead={t('egress.give_up_text')}
      action={t('egress.give_up')}
      look="danger"
      busy={giveUp.isPending}
      problems={[giveUp.error]}
      send={() => giveUp.mutateAsync()}
      onClose={onClose}
    />
  )
}

// On a plan that has no lists: why, and whom to ask. One of a larger plan is kept and goes on to hold, and can
// only be given up.
export function EgressKept({ of, etag, lacking }: { of: Organization; etag: string | null; lacking: Lacking }) {
  const { t } = useTranslation()
  const promise = usePromise()
  const [sure, setSure] = useState(false)
  return (
    <div className="flex flex-col items-start gap-3">
      {of.egress ? (
        <>
          <p className="max-w-md">{t('egress.kept')}</p>
          <EgressList of={of.egress} />
        </>
      ) : (
        <p>{t('egress.all')}</p>
      )}
      <FeatureLacking of={lacking} id="egress-lacking" what={promise('dedicated')} />
      {of.egress ? (
        <Button look="danger" onClick={() => setSure(true)}>
          {t('egress.give_up')}
        </Button>
      ) : null}
      {sure ? <GiveUp of={of} etag={etag} onClose={() => setSure(false)} /> : null}
    </div>
  )
}
