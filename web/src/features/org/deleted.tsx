import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { me, queries } from '@/api/queries'
import { Button } from '@/components/button'
import { Page, Panel, Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Time } from '@/components/time'
import { toast } from '@/components/toasts'

// A person has five of them at most. To everybody but its owner one that is deleted is not there.
export const deleted = queryOptions({
  queryKey: ['orgs', 'deleting'],
  queryFn: async ({ signal }) =>
    (await ask('get', '/api/v1/orgs', { query: { state: 'deleting', limit: 200 }, signal })).body.items,
})

function Deleted({ of }: { of: Schemas['Organization'] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const restore = useMutation({
    mutationFn: () => ask('post', '/api/v1/orgs/{org}/restore', { params: { org: of.id } }),
    onSuccess: async ({ body }) => {
      // It is there again, also where this stands on a page of its own.
      await Promise.all(
        [me.queryKey, ['orgs'], ['org']].map((queryKey) => queries.invalidateQueries({ queryKey })),
      )
      await navigate({ to: '/o/$org', params: { org: body.slug } })
      toast(t('deleted.done', { organization: body.name }))
    },
  })
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="flex min-w-0 flex-col">
          <span className="font-medium wrap-anywhere">{of.name}</span>
          <span className="text-soft">
            {t('deleted.until')} {of.purge_at ? <Time at={of.purge_at} full /> : null}
          </span>
        </span>
        <Button
          busy={restore.isPending}
          aria-label={t('deleted.action_of', { organization: of.name })}
          onClick={() => restore.mutateAsync()}
        >
          {t('deleted.action')}
        </Button>
      </div>
      {restore.error ? <ProblemNotice problem={asProblem(restore.error)} /> : null}
    </li>
  )
}

// In the place of every page of one that is being deleted; `otherwise` where it is not one of one's own.
export function BeingDeleted({ org, otherwise }: { org: string; otherwise: ReactNode }) {
  const { t } = useTranslation()
  const { data, isPending } = useQuery(deleted)
  if (isPending) return <PageSkeleton />
  const found = data?.find((one) => one.slug === org || one.id === org)
  if (!found) return otherwise
  return (
    <Page title={t('deleted.of', { organization: found.name })} lead={t('deleted.text')}>
      <Panel>
        <ul>
          <Deleted of={found} />
        </ul>
      </Panel>
    </Page>
  )
}

// One's organizations that are on their way out; nothing where there is none, as nearly always.
export function DeletedOrganizations() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(deleted)
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data || data.length === 0) return null
  return (
    <Section title={t('deleted.title')} lead={t('deleted.lead')}>
      <Panel>
        <ul className="divide-y divide-line">
          {data.map((one) => (
            <Deleted key={one.id} of={one} />
          ))}
        </ul>
      </Panel>
    </Section>
  )
}
