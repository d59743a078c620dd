import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Problem, type Schemas } from '@/api/client'
import { organization, renew } from '@/api/queries'
import { Button } from '@/components/button'
import { SelectField, TextArea } from '@/components/field'
import { Notice } from '@/components/notice'
import { Section } from '@/components/page'
import type { Lacking } from '@/components/plan_feature'
import { Stale } from '@/components/stale'
import { toast } from '@/components/toasts'
import { Unsaved } from '@/components/unsaved'
import { useSend } from '@/forms'
import { faultText } from '@/i18n/faults'

import { EgressKept, EgressList } from './egress_kept'
import { linesOf, rulesOf } from './egress_lines'

type Organization = Schemas['Organization']

function valuesOf({ egress }: Organization) {
  return { open: egress ? 'listed' : 'all', lines: linesOf(egress ?? []) }
}

function Form({ of, etag }: { of: Organization; etag: string | null }) {
  const { t, language } = useTranslation()
  const client = useQueryClient()
  const form = useForm({ defaultValues: valuesOf(of) })
  const { errors, isSubmitting, isDirty } = form.formState
  const listed = form.watch('open') === 'listed'
  // As with the name: what is read again in between does not take away what was typed.
  const version = useRef(etag)
  useEffect(() => {
    if (isDirty || version.current === etag) return
    version.current = etag
    form.reset(valuesOf(of))
  }, [form, of, etag, isDirty])
  const lines = useRef<number[]>([])
  const byLine = ({ faults }: Problem) => {
    const told = faults.filter(({ pointer }) => pointer.startsWith('/egress'))
    if (told.length === 0) return false
    const message = told.map((fault) => {
      const line = lines.current[Number(fault.pointer.split('/')[2])]
      const words = faultText(fault, language)
      return line ? t('egress.line', { line, fault: words }) : words
    })
    form.setError('lines', { type: 'server', message: message.join(' ') }, { shouldFocus: true })
    return true
  }
  const send = useSend(
    form,
    ['lines'],
    async (values) => {
      const { rules, line } = rulesOf(values.lines)
      lines.current = line
      const { body } = await ask('patch', '/api/v1/orgs/{org}', {
        params: { org: of.id },
        body: { egress: values.open === 'all' ? null : rules },
        etag: version.current,
      })
      form.reset(valuesOf(body))
      await renew(of.slug)
      toast(t('egress.saved'))
    },
    byLine,
  )
  const now = () => client.fetchQuery({ ...organization(of.slug), staleTime: 0 })
  const load = async () => form.reset(valuesOf((await now()).body))
  const again = async () => {
    version.current = (await now()).etag
    await send()
  }
  return (
    <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
      <Unsaved when={isDirty && !isSubmitting} />
      {errors.root?.server?.type === 'stale_version' ? (
        <Stale text={errors.root.server.message ?? ''} load={() => void load()} again={() => void again()} />
      ) : errors.root?.server ? (
        <Notice tone="danger" role="alert">
          {errors.root.server.message}
        </Notice>
      ) : null}
      <SelectField label={t('egress.open')} {...form.register('open')}>
        <option value="all">{t('egress.all')}</option>
        <option value="listed">{t('egress.listed')}</option>
      </SelectField>
      {listed ? (
        <TextArea
          label={t('egress.lines')}
          hint={t('egress.lines_hint')}
          rows={6}
          spellCheck={false}
          error={errors.lines}
          {...form.register('lines')}
        />
      ) : null}
      <div>
        <Button type="submit" look="primary" busy={isSubmitting} disabled={!isDirty}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}

// Where the pods of the organization may send to. To who may not change it, and where nothing is closed,
// there is nothing to tell.
// `lacking`: what the plan would have to have for a list.
export function Egress({ of, etag, lacking }: { of: Organization; etag: string | null; lacking: Lacking | null }) {
  const { t } = useTranslation()
  const mine = of.allowed_actions.includes('org:update')
  if (!mine && !of.egress) return null
  return (
    <Section title={t('egress.title')}>
      <p className="max-w-md text-soft">{t('egress.about')}</p>
      {mine && lacking ? (
        <EgressKept of={of} etag={etag} lacking={lacking} />
      ) : mine ? (
        <Form of={of} etag={etag} />
      ) : of.egress ? (
        <EgressList of={of.egress} />
      ) : null}
    </Section>
  )
}
