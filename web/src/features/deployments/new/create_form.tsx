import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { FormProvider, type FieldValues, type Path, type UseFormReturn } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { amounts } from '@/amount'
import { ask, asProblem, Problem, type Schemas } from '@/api/client'
import { usage } from '@/api/queries'
import { Button } from '@/components/button'
import { Notice } from '@/components/notice'
import { ProblemNotice } from '@/components/problem'
import { Unsaved } from '@/components/unsaved'
import { useOnce, useSend } from '@/forms'

import { QuotaPanel } from './quota_panel'
import { afterwards, doesNotFit, type Takes } from './quota'

type Created = Schemas['CreatedDeployment']

// What the plan has too little of, above the form: on a narrow screen the rest stands below it.
function Short({ org, takes }: { org: string; takes: Takes }) {
  const { t, find, language } = useTranslation()
  const { data } = useQuery(usage(org))
  const short = data ? afterwards(data.items, takes).filter(doesNotFit) : []
  if (short.length === 0) return null
  return (
    <Notice tone="warn" title={t('deploy.no_room')}>
      {short.map(({ feature, unit, used, limit }) => (
        <p key={feature}>
          {t('limit.used', {
            feature: find(`feature.${feature}`) ?? feature,
            ...amounts(used, limit ?? 0, unit, language),
          })}
        </p>
      ))}
      <p>{t('usage.more_text')}</p>
    </Notice>
  )
}

// Around the fields of either way to deploy: what it takes of the plan beside them, and sending it.
export function CreateForm<F extends FieldValues & { name: string }>({
  org,
  team,
  form,
  takes,
  field,
  body,
  done,
  children,
}: {
  org: string
  team: string
  form: UseFormReturn<F>
  takes: Takes
  // Which field a pointer of the server means.
  field: (pointer: string, values: F) => string | null
  body: (values: F) => Schemas['NewDeployment']
  done: (created: Created) => void | Promise<void>
  children: ReactNode
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const once = useOnce()
  const [problem, setProblem] = useState<Problem | null>(null)
  const { errors, isDirty, isSubmitting } = form.formState
  const send = useSend(
    form,
    (pointer, values) => field(pointer, values) as Path<F> | null,
    async (values) => {
      setProblem(null)
      try {
        const reply = await ask('post', '/api/v1/orgs/{org}/teams/{team}/deployments', {
          params: { org, team },
          body: body(values),
          once: once.key(),
        })
        once.renew()
        void client.invalidateQueries({ queryKey: ['org', org] })
        await done(reply.body)
      } catch (error) {
        const told = asProblem(error)
        // The name is a field, though the server tells of it without a pointer.
        if (told.code === 'name_taken')
          throw new Problem(422, { code: told.code, errors: [{ pointer: '/name', message: 'is taken' }] })
        if (told.faults.length === 0) setProblem(told)
        throw told
      }
    },
  )
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <FormProvider {...form}>
        <form noValidate onSubmit={send} className="flex max-w-2xl flex-col gap-4">
          <Unsaved kept when={isDirty && !isSubmitting} />
          {problem ? (
            <ProblemNotice problem={problem} />
          ) : errors.root?.server ? (
            <Notice tone="danger" role="alert">
              {errors.root.server.message}
            </Notice>
          ) : (
            <Short org={org} takes={takes} />
          )}
          {children}
          <div>
            <Button type="submit" look="primary" busy={isSubmitting}>
              {t('deploy.action')}
            </Button>
          </div>
        </form>
      </FormProvider>
      <QuotaPanel org={org} takes={takes} />
    </div>
  )
}
