import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { RoleDialog } from '@/components/role_dialog'
import { toast } from '@/components/toasts'

const roles = ['org_member', 'org_admin'] as const

export function OrgRoleDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: Schemas['Member']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const params = { org, user: of.user.id }
  return (
    <RoleDialog
      title={t('people.role_title', { name: of.user.name })}
      label={t('people.role')}
      roles={roles}
      now={of.org_role}
      name={['org', org, 'member', of.user.id]}
      read={(signal) => ask('get', '/api/v1/orgs/{org}/members/{user}', { params, signal })}
      send={async (org_role, etag) => {
        await ask('patch', '/api/v1/orgs/{org}/members/{user}', {
          params,
          body: { org_role, confirm: true },
          etag,
        })
        await renew(org)
        toast(t('people.role_done', { name: of.user.name, role: t(`role.${org_role}`) }))
      }}
      onClose={onClose}
    />
  )
}
