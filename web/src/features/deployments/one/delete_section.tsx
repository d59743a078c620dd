import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, holdBack, type Reply, type Schemas } from '@/api/client'
import { deploymentKey } from '@/api/live_changes'
import { forget } from '@/api/queries'
import { Button } from '@/components/button'
import { TextField } from '@/components/field'
import { ProblemNotice } from '@/components/problem'
import { toast } from '@/components/toasts'
import { useWhyNot } from '@/features/frame/why_not'
import { useDropsWhileBusy } from '@/once'

// Last on its page, red, and only with the name typed.
export function DeleteSection({
  org,
  team,
  of: { body, etag },
}: {
  org: string
  team: string
  of: Reply<Schemas['Deployment']>
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const whyNot = useWhyNot(org)
  const [typed, setTyped] = useState('')
  const may = body.allowed_actions.includes('deployments:delete')
  const remove = useMutation({
    // Gives what lets go of it.
    mutationFn: async () => {
      const params = { org, team, deployment: body.name }
      const lift = holdBack({ org: [org], team: [team], deployment: [body.name] })
      try {
        await ask('delete', '/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}', { params, etag })
      } catch (error) {
        lift()
        throw error
      }
      return lift
    },
    onSuccess: async (lift) => {
      try {
        toast(t('one.deleted', { name: body.name }))
        await navigate({ to: '/o/$org/t/$team', params: { org, team } })
        await forget(deploymentKey(org, team, body.name))
      } finally {
        lift()
      }
      await client.invalidateQueries({ queryKey: ['org', org] })
    },
    onError: () => void client.invalidateQueries({ queryKey: ['org', org, 'deployment'] }),
  })
  const run = useDropsWhileBusy()
  const right = typed.trim() === body.name
  return (
    <section aria-labelledby="danger" className="flex max-w-2xl flex-col gap-3 rounded-md border border-danger px-4 py-4">
      <div>
        <h2 id="danger" className="text-sm text-danger">
          {t('one.delete_title')}
        </h2>
        <p className="text-soft">{t('one.delete_text')}</p>
      </div>
      {remove.error ? <ProblemNotice problem={asProblem(remove.error)} /> : null}
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (right) run(() => remove.mutateAsync())
        }}
      >
        <TextField
          label={t('people.type_name', { name: body.name })}
          autoComplete="off"
          spellCheck={false}
          disabled={!may}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="flex flex-col items-start gap-1">
          <Button
            type="submit"
            look="danger"
            busy={remove.isPending}
            disabled={!may || !right}
            aria-describedby={may ? undefined : 'delete-why'}
          >
            {t('one.delete')}
          </Button>
          {may ? null : (
            <p id="delete-why" className="text-xs text-soft">
              {whyNot('change.not')}
            </p>
          )}
        </div>
      </form>
    </section>
  )
}
