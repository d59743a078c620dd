import { useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { renew } from '@/api/queries'
import { TextArea, TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { toast } from '@/components/toasts'
import { useRules, useSend } from '@/forms'

export function AppointDialog({ of, onClose }: { of: Schemas['Organization']; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const rules = useRules('Appointment')
  const form = useForm({ defaultValues: { user: '', reason: '' } })
  const send = useSend(form, ['user', 'reason'], async (values) => {
    await ask('put', '/api/v1/platform/orgs/{org}/owner', {
      params: { org: of.id },
      body: { user: values.user.trim(), reason: values.reason },
    })
    await Promise.all([client.invalidateQueries({ queryKey: ['platform', 'orgs'] }), renew(of.slug)])
    toast(t('platform.appointed', { organization: of.name }))
    onClose()
  })
  const { errors, isSubmitting } = form.formState
  return (
    <FormDialog
      title={`${t('platform.appoint')}: ${of.name}`}
      lead={t('platform.appoint_lead')}
      action={t('platform.appoint')}
      busy={isSubmitting}
      wrong={errors.root?.server?.message}
      send={send}
      onClose={onClose}
    >
      <TextField
        label={t('platform.user')}
        hint={t('platform.user_hint')}
        autoComplete="off"
        error={errors.user}
        {...form.register('user', rules('user'))}
      />
      <TextArea
        label={t('platform.reason')}
        hint={t('platform.reason_hint')}
        rows={2}
        error={errors.reason}
        {...form.register('reason', rules('reason'))}
      />
    </FormDialog>
  )
}
