import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { FormDialog } from '@/components/form_dialog'
import { Notice } from '@/components/notice'
import { RoleDialog } from '@/components/role_dialog'
import { toast } from '@/components/toasts'

import { teamRoles } from './team_roles'

interface Props {
  org: string
  team: string
  of: Schemas['TeamMember']
  onClose: () => void
}

export function TeamRoleDialog({ org, team, of, onClose }: Props) {
  const { t } = useTranslation()
  const params = { org, team, user: of.user.id }
  return (
    <RoleDialog
      title={t('team.role_title', { name: of.user.name })}
      label={t('team.role')}
      roles={teamRoles}
      now={of.role}
      name={['org', org, 'team', team, 'member', of.user.id]}
      read={(signal) => ask('get', '/api/v1/orgs/{org}/teams/{team}/members/{user}', { params, signal })}
      send={async (role, etag) => {
        await ask('patch', '/api/v1/orgs/{org}/teams/{team}/members/{user}', {
          params,
          body: { role, confirm: true },
          etag,
        })
        await renew(org)
        toast(t('team.role_done', { name: of.user.name, role: t(`role.${role}`) }))
      }}
      onClose={onClose}
    />
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
    <FormDialog
      title={t('team.remove_title', { name: of.user.name })}
      lead={t('team.remove_text')}
      action={t('team.remove')}
      look="danger"
      busy={remove.isPending}
      problems={[remove.error]}
      send={() => remove.mutateAsync()}
      onClose={onClose}
    >
      {own ? <Notice tone="warn">{t('team.remove_you')}</Notice> : null}
    </FormDialog>
  )
}
