import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, type Problem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { Notice } from '@/components/notice'
import { ProblemNotice } from '@/components/problem'
import { Time } from '@/components/time'

import { clashes, type Change } from '../change'
import { Diff } from './diff'

type Deployment = Schemas['Deployment']

// Who changed it last. Only administrators of the organization are told; for others it is left out.
function Who({ org, id }: { org: string; id: string }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['org', org, 'audit', 'last-change', id],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/audit', {
          params: { org },
          query: { target_id: id, action: 'deployments:update', result: 'done', limit: 1 },
          signal,
        })
      ).body,
    staleTime: 0,
    gcTime: 0,
  })
  const [last] = data?.items ?? []
  if (!last) return null
  return (
    <p>
      {t('change.by', { name: last.actor.name ?? t('people.former') })} <Time at={last.at} />
    </p>
  )
}

// Before a change is sent: what it is. After it was refused because somebody was faster: what they
// changed, and both ways on.
export function ChangeDialog({
  org,
  changes,
  theirs,
  current,
  problem,
  busy,
  send,
  load,
  close,
}: {
  org: string
  changes: readonly Change[]
  // null while nobody is known to have been faster.
  theirs: readonly Change[] | null
  current: Deployment | null
  problem: Problem | null
  busy: boolean
  send: () => void
  load: () => void
  close: () => void
}) {
  const { t } = useTranslation()
  const both = theirs ? clashes(changes, theirs) : []
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={t(theirs ? 'change.conflict' : 'change.review')}
      // What the server found wrong stands in the form behind.
      returnTo={() => document.querySelector<HTMLElement>('main [aria-invalid="true"]')}
      lead={<p>{t(theirs ? 'change.conflict_text' : 'change.review_text')}</p>}
    >
      <div className="flex flex-col gap-4">
        {problem ? <ProblemNotice problem={problem} /> : null}
        {theirs && current ? (
          <section className="flex flex-col gap-2">
            <h3>{t('change.theirs')}</h3>
            <Who org={org} id={current.id} />
            {theirs.length > 0 ? (
              <Diff of={theirs} label={t('change.theirs')} />
            ) : (
              <p className="text-soft">{t('change.theirs_none')}</p>
            )}
          </section>
        ) : null}
        <section className="flex flex-col gap-2">
          {theirs ? <h3>{t('change.yours')}</h3> : null}
          <Diff of={changes} label={t('change.yours')} />
        </section>
        {both.length > 0 ? <Notice tone="warn">{t('change.clash', { count: both.length })}</Notice> : null}
        <div className="flex flex-wrap gap-2">
          <Button look="primary" busy={busy} onClick={send}>
            {t(theirs ? 'change.again' : 'change.apply')}
          </Button>
          {theirs ? (
            <Button onClick={load}>{t('change.load')}</Button>
          ) : (
            <Button onClick={close}>{t('action.cancel')}</Button>
          )}
        </div>
      </div>
    </Dialog>
  )
}
