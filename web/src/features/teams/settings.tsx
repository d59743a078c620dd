import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Reply, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { Button } from '@/components/button'
import { TextArea, TextField } from '@/components/field'
import { Notice } from '@/components/notice'
import { Panel, Section } from '@/components/page'
import { toast } from '@/components/toasts'
import { Unsaved } from '@/components/unsaved'
import { useWhyNot } from '@/features/frame/why_not'
import { label } from '@/formats'
import { useFormat, useRules, useSend } from '@/forms'

import { DeleteTeamDialog } from './delete_team_dialog'

function Naming({ org, of, etag }: { org: string; of: Schemas['Team']; etag: string | null }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const formed = useFormat()
  const rules = useRules('NewTeam')
  const whyNot = useWhyNot(org)
  const may = of.allowed_actions.includes('team:update')
  const form = useForm({ values: { name: of.name, slug: of.slug, description: of.description } })
  const send = useSend(form, ['name', 'slug', 'description'], async (values) => {
    const { body } = await ask('patch', '/api/v1/orgs/{org}/teams/{team}', {
      params: { org, team: of.id },
      body: values,
      etag,
    })
    // Saved, so nothing keeps one from leaving.
    form.reset({ name: body.name, slug: body.slug, description: body.description })
    await renew(org)
    if (body.slug !== of.slug)
      await navigate({
        to: '/o/$org/t/$team/settings',
        params: { org, team: body.slug },
        replace: true,
      })
    toast(t('settings.saved'))
  })
  const { errors, isSubmitting, isDirty } = form.formState
  return (
    <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
      <Unsaved when={isDirty && !isSubmitting} />
      {errors.root?.server ? (
        <Notice tone="danger" role="alert">
          {errors.root.server.message}
        </Notice>
      ) : null}
      <TextField
        label={t('team.name')}
        readOnly={!may}
        error={errors.name}
        {...form.register('name', rules('name'))}
      />
      <TextField
        label={t('settings.slug')}
        hint={t('team.slug_moved')}
        readOnly={!of.allowed_actions.includes('teams:update')}
        spellCheck={false}
        error={errors.slug}
        {...form.register('slug', { required: t('field.required'), validate: formed(label(30)) })}
      />
      <TextArea
        label={t('teams.purpose')}
        hint={t('team.purpose_hint')}
        readOnly={!may}
        rows={2}
        error={errors.description}
        {...form.register('description', rules('description'))}
      />
      {may ? (
        <div>
          <Button type="submit" look="primary" busy={isSubmitting} disabled={!isDirty}>
            {t('action.save')}
          </Button>
        </div>
      ) : (
        <p className="text-soft">{whyNot('team.manage_not')}</p>
      )}
    </form>
  )
}

export function TeamSettings({ org, of }: { org: string; of: Reply<Schemas['Team']> }) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [ending, setEnding] = useState(false)
  const may = of.body.allowed_actions.includes('teams:delete')
  return (
    <>
      <Section title={t('settings.naming')}>
        <Naming org={org} of={of.body} etag={of.etag} />
      </Section>
      <Section title={t('team.end')}>
        <Panel>
          <div className="flex flex-wrap items-center justify-between gap-4 px-4 py-3">
            <p id="team-end" className="max-w-prose min-w-0">
              {t('team.delete_text')}{' '}
              {may ? null : <span className="text-soft">{whyNot('settings.not_yours')}</span>}
            </p>
            <Button look="danger" disabled={!may} aria-describedby="team-end" onClick={() => setEnding(true)}>
              {t('team.delete')}
            </Button>
          </div>
        </Panel>
      </Section>
      {ending ? <DeleteTeamDialog org={org} of={of.body} onClose={() => setEnding(false)} /> : null}
    </>
  )
}
