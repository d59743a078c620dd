import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { TextField } from '@/components/field'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { toast } from '@/components/toasts'

// What goes and what stays is said before, and the name has to be typed.
export function RemoveDialog({
  org,
  of,
  onClose,
}: {
  org: string
  of: Schemas['Member']
  onClose: () => void
}) {
  const { t, find } = useTranslation()
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const params = { org, user: of.user.id }
  const preview = useQuery({
    queryKey: ['org', org, 'removal', of.user.id],
    queryFn: async ({ signal }) =>
      (await ask('get', '/api/v1/orgs/{org}/members/{user}/removal', { params, signal })).body,
    staleTime: 0,
  })
  const remove = useMutation({
    mutationFn: () =>
      ask('delete', '/api/v1/orgs/{org}/members/{user}', { params, query: { confirm: true } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['org', org] })
      toast(t('people.removed', { name: of.user.name }))
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('people.remove_title', { name: of.user.name })}
      lead={<p>{t('people.remove_lead')}</p>}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!remove.isPending && typed.trim() === of.user.name) remove.mutate()
        }}
      >
        {remove.error ? <ProblemNotice problem={asProblem(remove.error)} /> : null}
        {preview.error ? (
          <ProblemNotice problem={asProblem(preview.error)} />
        ) : preview.data ? (
          <ul className="divide-y divide-line rounded-md border border-line">
            {preview.data.effects.map((effect) => (
              <li key={effect.thing} className="flex justify-between gap-4 px-3 py-1.5">
                <span>
                  {find(`thing.${effect.thing}`) ?? effect.thing}
                  {effect.count === null ? null : (
                    <span className="text-soft"> {t('people.count', { count: effect.count })}</span>
                  )}
                </span>
                <span className="text-soft">{t(`outcome.${effect.outcome}`)}</span>
              </li>
            ))}
          </ul>
        ) : (
          <Loading>
            <Bar className="h-24 w-full" />
          </Loading>
        )}
        <TextField
          label={t('people.type_name', { name: of.user.name })}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="flex gap-2">
          <Button
            type="submit"
            look="danger"
            busy={remove.isPending}
            disabled={typed.trim() !== of.user.name}
          >
            {t('people.remove')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
