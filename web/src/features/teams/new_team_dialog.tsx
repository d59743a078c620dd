import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Problem } from '@/api/client'
import { renew } from '@/api/queries'
import { TextArea, TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { PlanFull } from '@/components/plan_full'
import { label } from '@/formats'
import { useFormat, useOnce, useRules, useSend } from '@/forms'

export function NewTeamDialog({ org, onClose }: { org: string; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const formed = useFormat()
  const rules = useRules('NewTeam')
  const once = useOnce()
  const [full, setFull] = useState<Problem | null>(null)
  const form = useForm({ defaultValues: { name: '', slug: '', description: '' } })
  const send = useSend(form, ['name', 'slug', 'description'], async ({ name, slug, description }) => {
    setFull(null)
    try {
      const { body } = await ask('post', '/api/v1/orgs/{org}/teams', {
        params: { org },
        body: { name, description, ...(slug ? { slug } : {}) },
        once: once.key(),
      })
      once.renew()
      await renew(org)
      await navigate({ to: '/o/$org/t/$team/people', params: { org, team: body.slug } })
    } catch (error) {
      const problem = asProblem(error)
      // Another name needs another key.
      if (problem.status === 409 || problem.status === 422) once.renew()
      if (problem.code !== 'plan_limit_reached') throw error
      setFull(problem)
    }
  })
  const { errors, isSubmitting } = form.formState
  return (
    <FormDialog
      title={t('team.new')}
      lead={t('team.new_lead')}
      action={t('team.create')}
      busy={isSubmitting}
      problems={[full]}
      wrong={errors.root?.server?.message}
      send={send}
      onClose={onClose}
    >
      {full ? null : <PlanFull org={org} feature="teams.max" />}
      <TextField
        label={t('team.name')}
        autoComplete="off"
        error={errors.name}
        {...form.register('name', rules('name'))}
      />
      <TextField
        label={t('settings.slug')}
        hint={t('team.slug_hint')}
        autoComplete="off"
        spellCheck={false}
        error={errors.slug}
        {...form.register('slug', { validate: formed(label(30)) })}
      />
      <TextArea
        label={t('teams.purpose')}
        hint={t('team.purpose_hint')}
        rows={2}
        error={errors.description}
        {...form.register('description', rules('description'))}
      />
    </FormDialog>
  )
}
