import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { TextField } from '@/components/field'
import { useRules, useSend } from '@/forms'

import { Form } from './form'
import { EntryPage } from './frame'

export function ForgotPage() {
  const { t } = useTranslation()
  const rules = useRules('Address')
  const [sent, setSent] = useState<string | null>(null)
  const form = useForm({ defaultValues: { email: '' } })
  const send = useSend(form, ['email'], async (values) => {
    await ask('post', '/api/v1/auth/forgot', { body: values })
    setSent(values.email)
  })
  const back = (
    <p>
      <Link to="/login" className="link">
        {t('action.to_sign_in')}
      </Link>
    </p>
  )
  if (sent !== null)
    return (
      <EntryPage title={t('forgot.sent')} lead={<p>{t('forgot.sent_text', { email: sent })}</p>}>
        {back}
      </EntryPage>
    )
  return (
    <EntryPage title={t('forgot.title')} lead={<p>{t('forgot.lead')}</p>}>
      <Form form={form} onSubmit={send} action={t('forgot.action')}>
        <TextField
          label={t('field.email')}
          type="email"
          autoComplete="username"
          error={form.formState.errors.email}
          {...form.register('email', rules('email'))}
        />
      </Form>
      {back}
    </EntryPage>
  )
}
