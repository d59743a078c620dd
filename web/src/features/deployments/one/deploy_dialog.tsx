import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem, type Problem, type Schemas } from '@/api/client'
import { deploymentKey } from '@/api/live_changes'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { TextField } from '@/components/field'
import { ProblemNotice } from '@/components/problem'
import { toast } from '@/components/toasts'
import { useOnce, useSend } from '@/forms'

// Rolls out a revision whose tag is resolved afresh; of a single service with another image, if wanted.
export function DeployDialog({
  org,
  team,
  of,
  onClose,
}: {
  org: string
  team: string
  of: Schemas['Deployment']
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const once = useOnce()
  const [problem, setProblem] = useState<Problem | null>(null)
  const form = useForm({ defaultValues: { image: of.image ?? '' } })
  const send = useSend(form, ['image'], async ({ image }) => {
    setProblem(null)
    try {
      const reply = await ask('post', '/api/v1/orgs/{org}/teams/{team}/deployments/{deployment}/deploy', {
        params: { org, team, deployment: of.name },
        body: of.image !== null && image.trim() !== of.image ? { image: image.trim() } : {},
        once: once.key(),
      })
      once.renew()
      client.setQueryData(deploymentKey(org, team, of.name), reply)
      toast(t('one.deployed', { name: of.name, revision: reply.body.revision }))
      onClose()
    } catch (error) {
      const told = asProblem(error)
      if (told.faults.length === 0) setProblem(told)
      throw told
    }
  })
  const { errors, isSubmitting } = form.formState
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('one.deploy_title', { name: of.name })}
      lead={<p>{t('one.deploy_lead')}</p>}
    >
      <form noValidate onSubmit={send} className="flex flex-col gap-4">
        {problem ? <ProblemNotice problem={problem} /> : null}
        {of.image !== null ? (
          <TextField
            label={t('deploy.image_reference')}
            spellCheck={false}
            autoComplete="off"
            error={errors.image}
            {...form.register('image', { required: t('field.required') })}
          />
        ) : null}
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={isSubmitting}>
            {t('one.deploy')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
