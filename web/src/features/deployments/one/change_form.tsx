import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { FormProvider, useForm, type Path } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem, Problem, type Reply, type Schemas } from '@/api/client'
import { deploymentKey } from '@/api/live_changes'
import { Button } from '@/components/button'
import { SelectField } from '@/components/field'
import { Notice } from '@/components/notice'
import { toast } from '@/components/toasts'
import { Unsaved } from '@/components/unsaved'
import { useWhyNot } from '@/features/frame/why_not'
import { useSend } from '@/forms'

import { changesOf, draftOf, patchOf, type Change, type Draft } from '../change'
import { segments, serviceField } from '../pointers'
import { ServiceFields } from '../service_fields'
import { ChangeDialog } from './change_dialog'

type Deployment = Schemas['Deployment']

function fieldOf(pointer: string, draft: Draft): Path<Draft> | null {
  const [first = '', service = '', ...rest] = segments(pointer)
  if (first === 'exposure') return 'exposure'
  const of = first === 'services' ? draft.services[service] : undefined
  const field = of ? serviceField(rest, of.env) : null
  return field === null ? null : (`services.${service}.${field}` as Path<Draft>)
}

// `first`: as it was when the form was opened. What happens to it meanwhile does not move the form.
export function ChangeForm({ org, team, first }: { org: string; team: string; first: Reply<Deployment> }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const whyNot = useWhyNot(org)
  const [base, setBase] = useState(first)
  const [reviewed, setReviewed] = useState<Change[] | null>(null)
  const [current, setCurrent] = useState<Reply<Deployment> | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const form = useForm<Draft>({ defaultValues: draftOf(base.body) })
  const { errors, isDirty, isSubmitting } = form.formState
  const may = base.body.allowed_actions.includes('deployments:update')
  const params = { org, team, deployment: base.body.name }
  const key = deploymentKey(org, team, base.body.name)

  const begin = (from: Reply<Deployment>) => {
    setBase(from)
    setReviewed(null)
    setCurrent(null)
    setProblem(null)
    form.reset(draftOf(from.body))
  }
  const lookAgain = () =>
    ask('get', '/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}', { params }).then(
      setCurrent,
      (error: unknown) => setProblem(asProblem(error)),
    )
  const send = useSend(form, fieldOf, async (values) => {
    setProblem(null)
    try {
      const reply = await ask('patch', '/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}', {
        params,
        body: patchOf(changesOf(draftOf(base.body), values)),
        etag: (current ?? base).etag,
      })
      client.setQueryData(key, reply)
      begin(reply)
      toast(t('change.done', { name: reply.body.name }))
      await client.invalidateQueries({ queryKey: ['org', org, 'usage'] })
    } catch (error) {
      const told = asProblem(error)
      // As it is now, with the version that it has now.
      if (told.status === 412) await lookAgain()
      // What is wrong with a field stands at the field.
      else if (told.faults.length > 0) setReviewed(null)
      else setProblem(told)
      throw told
    }
  })
  const review = form.handleSubmit((values) => {
    const changes = changesOf(draftOf(base.body), values)
    if (changes.length > 0) setReviewed(changes)
    else form.reset(draftOf(base.body))
  })
  const theirs = current ? changesOf(draftOf(base.body), draftOf(current.body)) : null
  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={(event) => void review(event)} className="flex max-w-2xl flex-col gap-6">
        <Unsaved when={isDirty && !isSubmitting} />
        {errors.root?.server && !reviewed ? (
          <Notice tone="danger" role="alert">
            {errors.root.server.message}
          </Notice>
        ) : null}
        <fieldset disabled={!may} className="flex flex-col gap-6" aria-describedby={may ? undefined : 'change-why'}>
          {Object.keys(base.body.services).map((service) => (
            <fieldset key={service} className="flex flex-col gap-3">
              <legend className="mb-2 font-mono font-medium">{service}</legend>
              <ServiceFields service={service} />
            </fieldset>
          ))}
          <SelectField label={t('deploy.exposure')} error={errors.exposure} {...form.register('exposure')}>
            <option value="public">{t('deploy.public')}</option>
            <option value="internal">{t('deploy.internal')}</option>
          </SelectField>
        </fieldset>
        {may ? (
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" disabled={!isDirty}>
              {t('change.action')}
            </Button>
            {isDirty ? <Button onClick={() => form.reset()}>{t('change.undo')}</Button> : null}
          </div>
        ) : (
          <p id="change-why" className="text-soft">
            {whyNot('change.not')}
          </p>
        )}
      </form>
      {reviewed ? (
        <ChangeDialog
          org={org}
          changes={reviewed}
          theirs={theirs}
          current={current?.body ?? null}
          problem={problem}
          busy={isSubmitting}
          send={() => void send()}
          load={() => current && begin(current)}
          close={() => {
            setReviewed(null)
            setProblem(null)
          }}
        />
      ) : null}
    </FormProvider>
  )
}
