import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Schemas } from '@/api/client'
import { organization, renew } from '@/api/queries'
import { Button } from '@/components/button'
import { TextField } from '@/components/field'
import { Notice } from '@/components/notice'
import { Page, Section } from '@/components/page'
import { useLacking } from '@/components/plan_feature'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Stale } from '@/components/stale'
import { toast } from '@/components/toasts'
import { Unsaved } from '@/components/unsaved'
import { useWhyNot } from '@/features/frame/why_not'
import { label } from '@/formats'
import { useFormat, useRules, useSend } from '@/forms'

import { Egress } from './egress'
import { Ending } from './ending'
import { Ownership } from './ownership'

// To who may not change them they are no fields.
function Named({ of }: { of: Schemas['Organization'] }) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(of.slug)
  return (
    <div className="flex max-w-md flex-col gap-3">
      <dl className="flex flex-col gap-3">
        <div>
          <dt className="font-medium">{t('orgs.name')}</dt>
          <dd className="wrap-anywhere">{of.name}</dd>
        </div>
        <div>
          <dt className="font-medium">{t('settings.slug')}</dt>
          <dd className="font-mono break-all">{of.slug}</dd>
        </div>
      </dl>
      <p className="text-soft">{whyNot('settings.not_yours')}</p>
    </div>
  )
}

function Naming({ of, etag }: { of: Schemas['Organization']; etag: string | null }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const formed = useFormat()
  const rules = useRules('NewOrganization')
  const form = useForm({ defaultValues: { name: of.name, slug: of.slug } })
  const { errors, isSubmitting, isDirty } = form.formState
  // The version that the typing began with. What is read again in between does not take away what
  // was typed.
  const version = useRef(etag)
  useEffect(() => {
    if (isDirty || version.current === etag) return
    version.current = etag
    form.reset({ name: of.name, slug: of.slug })
  }, [form, of.name, of.slug, etag, isDirty])
  const send = useSend(form, ['name', 'slug'], async (values) => {
    const { body } = await ask('patch', '/api/v1/orgs/{org}', {
      params: { org: of.id },
      body: values,
      etag: version.current,
    })
    // Saved, so nothing keeps one from leaving.
    form.reset({ name: body.name, slug: body.slug })
    await renew(of.slug)
    if (body.slug !== of.slug)
      await navigate({ to: '/o/$org/settings', params: { org: body.slug }, replace: true })
    toast(t('settings.saved'))
  })
  const now = () => client.fetchQuery({ ...organization(of.slug), staleTime: 0 })
  const load = async () => {
    const { body } = await now()
    form.reset({ name: body.name, slug: body.slug })
  }
  const again = async () => {
    version.current = (await now()).etag
    await send()
  }
  return (
    <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
      <Unsaved when={isDirty && !isSubmitting} />
      {errors.root?.server?.type === 'stale_version' ? (
        <Stale
          text={errors.root.server.message ?? ''}
          load={() => void load()}
          again={() => void again()}
        />
      ) : errors.root?.server ? (
        <Notice tone="danger" role="alert">
          {errors.root.server.message}
        </Notice>
      ) : null}
      <TextField
        label={t('orgs.name')}
        error={errors.name}
        {...form.register('name', rules('name'))}
      />
      <TextField
        label={t('settings.slug')}
        hint={t('settings.slug_hint')}
        spellCheck={false}
        error={errors.slug}
        {...form.register('slug', { required: t('field.required'), validate: formed(label(30)) })}
      />
      <div>
        <Button type="submit" look="primary" busy={isSubmitting} disabled={!isDirty}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}

export function SettingsPage({ org }: { org: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(organization(org))
  const lacking = useLacking(org, 'network.isolation')
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  // What it takes more room to say moves nothing that is there.
  if (!data || lacking === undefined) return <PageSkeleton />
  return (
    <Page title={t('nav.settings')} of={data.body.name}>
      <Section title={t('settings.naming')}>
        {data.body.allowed_actions.includes('org:update') ? (
          <Naming of={data.body} etag={data.etag} />
        ) : (
          <Named of={data.body} />
        )}
      </Section>
      <Egress of={data.body} etag={data.etag} lacking={lacking} />
      <Ownership org={org} of={data.body} />
      <Ending of={data} />
    </Page>
  )
}
