import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { toast } from '@/components/toasts'

const most = 200

// A team that has deployments goes only with them, which has to be said.
export function DeleteTeamDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: Schemas['Team']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [all, setAll] = useState(false)
  const params = { org, team: of.id }
  const has = useQuery({
    queryKey: ['org', org, 'team', of.id, 'count'],
    queryFn: async ({ signal }) =>
      (
        await ask('get', '/api/v1/orgs/{org}/teams/{team}/deployments', {
          params,
          query: { limit: most },
          signal,
        })
      ).body,
    staleTime: 0,
  })
  const count = has.data?.items.length ?? 0
  const remove = useMutation({
    mutationFn: () =>
      ask('delete', '/api/v1/orgs/{org}/teams/{team}', {
        params,
        body: { name: of.name, ...(count > 0 && all ? { deployments: 'delete' as const } : {}) },
      }),
    onSuccess: async () => {
      await navigate({ to: '/o/$org/teams', params: { org }, replace: true })
      toast(t('team.deleted', { name: of.name }))
      await renew(org)
    },
    onError: () => void has.refetch(),
  })
  const ready = has.data !== undefined && typed.trim() === of.name && (count === 0 || all)
  return (
    <FormDialog
      title={t('team.delete')}
      lead={t('team.delete_text')}
      action={t('team.delete')}
      look="danger"
      busy={remove.isPending}
      ready={ready}
      problems={[remove.error]}
      send={() => remove.mutateAsync()}
      onClose={onClose}
    >
      {has.error ? (
        <ProblemNotice problem={asProblem(has.error)} retry={() => void has.refetch()} />
      ) : !has.data ? (
        <Loading>
          <Bar className="w-48" />
        </Loading>
      ) : count > 0 ? (
        <label className="flex items-start gap-3 rounded-md border border-line px-3 py-2">
          <input
            type="checkbox"
            className="mt-0.5 size-4 accent-[var(--accent)]"
            checked={all}
            onChange={(event) => setAll(event.target.checked)}
          />
          <span className="flex flex-col">
            <span>
              {has.data.next_cursor
                ? t('team.deployments_many', { count })
                : t('team.deployments_some', { count })}{' '}
              {t('team.delete_deployments')}
            </span>
            <span className="text-soft">{t('team.delete_deployments_hint')}</span>
          </span>
        </label>
      ) : null}
      <TextField
        label={t('people.type_name', { name: of.name })}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </FormDialog>
  )
}
