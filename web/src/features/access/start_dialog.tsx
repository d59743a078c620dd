import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { teams } from '@/api/queries'
import { SelectField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { useOnce } from '@/forms'

// `of`: the team whose rights it is about; else it is chosen.
export function StartDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: string | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const once = useOnce()
  const [team, setTeam] = useState(of ?? '')
  const { data } = useQuery({ ...teams(org), enabled: of === null })
  const start = useMutation({
    mutationFn: async () =>
      team
        ? (
            await ask('post', '/api/v1/orgs/{org}/teams/{team}/access-review', {
              params: { org, team },
              once: once.key(),
            })
          ).body
        : (
            await ask('post', '/api/v1/orgs/{org}/access-review', {
              params: { org },
              once: once.key(),
            })
          ).body,
    onSuccess: async (made) => {
      once.renew()
      await client.invalidateQueries({ queryKey: ['org', org, 'reviews'] })
      await navigate({ to: '/o/$org/access-review/$review', params: { org, review: made.id } })
    },
    onError: () => once.renew(),
  })
  return (
    <FormDialog
      title={t('access.start')}
      lead={t('access.start_lead')}
      action={t('access.start')}
      busy={start.isPending}
      problems={[start.error]}
      send={() => start.mutateAsync()}
      onClose={onClose}
    >
      {of === null ? (
        <SelectField
          label={t('access.place')}
          value={team}
          onChange={(event) => setTeam(event.target.value)}
        >
          <option value="">{t('access.place_organization')}</option>
          {data?.map((one) => (
            <option key={one.id} value={one.id}>
              {t('access.place_team', { team: one.name })}
            </option>
          ))}
        </SelectField>
      ) : null}
    </FormDialog>
  )
}
