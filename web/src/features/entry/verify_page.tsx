import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { signedInAs } from '@/api/queries'
import { PasswordField } from '@/components/field'
import { useSend } from '@/forms'

import { Form } from './form'
import { EntryPage } from './frame'
import { LinkUnusable, useToken } from './token'

export function VerifyPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const token = useToken()
  const form = useForm({ defaultValues: { password: '' } })
  const send = useSend(form, ['password'], async ({ password }) => {
    await ask('post', '/api/v1/auth/verify', { body: { token, password } })
    await signedInAs()
    await navigate({ to: '/', replace: true })
  })
  const { errors } = form.formState
  if (token === '' || errors.root?.server?.type === 'link_invalid') return <LinkUnusable />
  return (
    <EntryPage title={t('verify.title')} lead={<p>{t('verify.lead')}</p>}>
      <Form form={form} onSubmit={send} action={t('verify.action')}>
        <PasswordField
          label={t('field.password')}
          autoComplete="current-password"
          error={errors.password}
          {...form.register('password', { required: t('field.required') })}
        />
      </Form>
    </EntryPage>
  )
}
