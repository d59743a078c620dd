import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { SelectField } from '@/components/field'
import { Notice } from '@/components/notice'
import { ProblemNotice } from '@/components/problem'
import { toast } from '@/components/toasts'

import { teamRoles, type TeamRole } from './team_roles'

interface Props {
  org: string
  team: string
  of: Schemas['TeamMember']
  onClose: () => void
}

export function TeamRoleDialog({ org, team, of, onClose }: Props) {
  const { t } = useTranslation()
  const [role, setRole] = useState<TeamRole>(of.role)
  const params = { org, team, user: of.user.id }
  // The version that the person looks at while deciding.
  const seen = useQuery({
    queryKey: ['org', org, 'team', team, 'member', of.user.id],
    queryFn: ({ signal }) =>
      ask('get', '/api/v1/orgs/{org}/teams/{team}/members/{user}', { params, signal }),
    staleTime: 0,
  })
  const change = useMutation({
    mutationFn: () =>
      ask('patch', '/api/v1/orgs/{org}/teams/{team}/members/{user}', {
        params,
        body: { role, confirm: true },
        etag: seen.data?.etag ?? null,
      }),
    onSuccess: async () => {
      await renew(org)
      toast(t('team.role_done', { name: of.user.name, role: t(`role.${role}`) }))
      onClose()
    },
    onError: () => void seen.refetch(),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('team.role_title', { name: of.user.name })}
      lead={<p>{t('people.role_lead')}</p>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!change.isPending && seen.data) change.mutate()
        }}
      >
        {change.error ? <ProblemNotice problem={asProblem(change.error)} /> : null}
        {seen.error ? <ProblemNotice problem={asProblem(seen.error)} /> : null}
        <SelectField
          label={t('team.role')}
          value={role}
          hint={t(`role.${role}_text`)}
          onChange={(event) => setRole(event.target.value as TeamRole)}
        >
          {teamRoles.map((one) => (
            <option key={one} value={one}>
              {t(`role.${one}`)}
            </option>
          ))}
        </SelectField>
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={change.isPending} disabled={role === of.role}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}

export function TeamRemoveDialog({ org, team, of, own, onClose }: Props & { own: boolean }) {
  const { t } = useTranslation()
  const remove = useMutation({
    mutationFn: () =>
      ask('delete', '/api/v1/orgs/{org}/teams/{team}/members/{user}', {
        params: { org, team, user: of.user.id },
        query: { confirm: true },
      }),
    onSuccess: async () => {
      await renew(org)
      toast(t('team.removed', { name: of.user.name }))
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('team.remove_title', { name: of.user.name })}
      lead={<p>{t('team.remove_text')}</p>}
    >
      <div className="flex flex-col gap-4">
        {own ? <Notice tone="warn">{t('team.remove_you')}</Notice> : null}
        {remove.error ? <ProblemNotice problem={asProblem(remove.error)} /> : null}
        <div className="flex gap-2">
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            {t('team.remove')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
