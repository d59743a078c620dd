import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation, type Name } from '@/i18n'

import type { Reply } from '@/api/client'

import { SelectField } from './field'
import { FormDialog } from './form_dialog'

// Changes somebody's role. `read`: the right as it is now, whose version goes along with the change,
// so that what somebody else has changed meanwhile is not undone.
export function RoleDialog<R extends string>({
  title,
  label,
  roles,
  now,
  name,
  read,
  send,
  onClose,
}: {
  title: string
  label: string
  roles: readonly R[]
  now: R
  name: readonly unknown[]
  read: (signal: AbortSignal) => Promise<Reply<unknown>>
  send: (role: R, etag: string | null) => Promise<unknown>
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [role, setRole] = useState(now)
  const seen = useQuery({ queryKey: name, queryFn: ({ signal }) => read(signal), staleTime: 0 })
  const change = useMutation({
    mutationFn: () => send(role, seen.data?.etag ?? null),
    onSuccess: onClose,
    onError: () => void seen.refetch(),
  })
  return (
    <FormDialog
      title={title}
      lead={t('people.role_lead')}
      action={t('action.save')}
      busy={change.isPending}
      ready={role !== now && seen.data !== undefined}
      problems={[change.error, seen.error]}
      send={() => change.mutateAsync()}
      onClose={onClose}
    >
      <SelectField
        label={label}
        value={role}
        hint={t(`role.${role}_text` as Name)}
        onChange={(event) => setRole(event.target.value as R)}
      >
        {roles.map((one) => (
          <option key={one} value={one}>
            {t(`role.${one}` as Name)}
          </option>
        ))}
      </SelectField>
    </FormDialog>
  )
}
