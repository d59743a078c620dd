import { useMutation, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { SelectField, TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { ProblemNotice } from '@/components/problem'
import { toast } from '@/components/toasts'

import { candidates } from './queries'
import { teamRoles, type TeamRole } from './team_roles'

type Candidate = Schemas['CandidateList']['items'][number]

// Who is found is chosen, and put into the team with a role.
export function AddDialog({ org, team, onClose }: { org: string; team: string; onClose: () => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<Candidate | null>(null)
  const [role, setRole] = useState<TeamRole>('viewer')
  const q = useDeferredValue(typed.trim())
  const found = useQuery(candidates(org, team, q))
  const add = useMutation({
    mutationFn: (to: Candidate) =>
      ask('put', '/api/v1/orgs/{org}/teams/{team}/members/{user}', {
        params: { org, team, user: to.user.id },
        body: { role, confirm: false },
      }),
    onSuccess: async (_, to) => {
      await renew(org)
      toast(t('team.add_done', { name: to.user.name }))
      onClose()
    },
  })
  const people = q.length >= 2 ? (found.data?.items ?? []) : []
  return (
    <FormDialog
      title={t('team.add_people')}
      lead={t('team.add_lead')}
      action={t('team.add')}
      busy={add.isPending}
      ready={chosen !== null}
      problems={[add.error]}
      send={async () => chosen && add.mutateAsync(chosen)}
      onClose={onClose}
    >
      <TextField
        label={t('team.add_search')}
        type="search"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setChosen(null)
        }}
      />
      {found.error ? (
        <ProblemNotice problem={asProblem(found.error)} retry={() => void found.refetch()} />
      ) : null}
      {people.length > 0 ? (
        <fieldset className="flex max-h-56 flex-col overflow-y-auto rounded-md border border-line">
          <legend className="sr-only">{t('people.person')}</legend>
          {people.map((one) => (
            <label
              key={one.user.id}
              className="flex items-center gap-3 border-b border-line px-3 py-2 last:border-b-0 hover:bg-sunken"
            >
              <input
                type="radio"
                name="person"
                className="size-4 accent-[var(--accent)]"
                checked={chosen?.user.id === one.user.id}
                disabled={one.role !== null}
                onChange={() => setChosen(one)}
              />
              <span className="flex min-w-0 flex-col">
                <span className="wrap-anywhere">{one.user.name}</span>
                <span className="text-xs wrap-anywhere text-soft"><Breakable text={one.user.email} /></span>
                {one.role ? (
                  <span className="text-xs text-soft">
                    {t('team.in_it', { role: t(`role.${one.role}`) })}
                  </span>
                ) : null}
              </span>
            </label>
          ))}
        </fieldset>
      ) : q.length >= 2 && found.data && !found.isFetching ? (
        <p role="status" className="text-soft">
          {t('team.add_none')}
        </p>
      ) : null}
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
    </FormDialog>
  )
}
