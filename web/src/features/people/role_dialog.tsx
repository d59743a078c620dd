import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { SelectField } from '@/components/field'
import { ProblemNotice } from '@/components/problem'
import { toast } from '@/components/toasts'

const roles = ['org_member', 'org_admin'] as const

export function RoleDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: Schemas['Member']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [role, setRole] = useState(of.org_role)
  const params = { org, user: of.user.id }
  // The version that the person looks at while deciding.
  const seen = useQuery({
    queryKey: ['org', org, 'member', of.user.id],
    queryFn: ({ signal }) => ask('get', '/api/v1/orgs/{org}/members/{user}', { params, signal }),
    staleTime: 0,
  })
  const change = useMutation({
    mutationFn: () =>
      ask('patch', '/api/v1/orgs/{org}/members/{user}', {
        params,
        body: { org_role: role, confirm: true },
        etag: seen.data?.etag ?? null,
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['org', org] })
      toast(t('people.role_done', { name: of.user.name, role: t(`role.${role}`) }))
      onClose()
    },
    onError: () => void seen.refetch(),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('people.role_title', { name: of.user.name })}
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
          label={t('people.role')}
          value={role}
          onChange={(event) => setRole(event.target.value as typeof role)}
          hint={t(`role.${role}_text` as 'role.org_admin_text')}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {t(`role.${one}`)}
            </option>
          ))}
        </SelectField>
        <div className="flex gap-2">
          <Button
            type="submit"
            look="primary"
            busy={change.isPending}
            disabled={role === of.org_role}
          >
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
