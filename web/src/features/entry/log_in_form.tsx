import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Problem, type Schemas } from '@/api/client'
import { signedInAs } from '@/api/queries'
import { PasswordField, TextField } from '@/components/field'
import { useSend } from '@/forms'

import { Form } from './form'

interface Values {
  email: string
  password: string
}

export function LogInForm({
  email = '',
  fixed = false,
  invitation,
  action,
  done,
  refused,
}: {
  email?: string
  fixed?: boolean
  invitation?: string
  action: string
  done: (signedIn: Schemas['SignedIn']) => void | Promise<void>
  // True for what the page around the form tells.
  refused?: (problem: Problem) => boolean
}) {
  const { t } = useTranslation()
  const form = useForm<Values>({ defaultValues: { email, password: '' } })
  const { errors } = form.formState
  const send = useSend(form, ['email', 'password'], async (values) => {
    const { body } = await ask('post', '/api/v1/auth/login', {
      body: { ...values, ...(invitation ? { invitation } : {}) },
    })
    await signedInAs()
    await done(body)
  }, refused)
  const required = { required: t('field.required') }
  return (
    <Form form={form} onSubmit={send} action={action}>
      <TextField
        label={t('field.email')}
        type="email"
        autoComplete="username"
        readOnly={fixed}
        error={errors.email}
        {...form.register('email', required)}
      />
      <PasswordField
        label={t('field.password')}
        autoComplete="current-password"
        error={errors.password}
        {...form.register('password', required)}
      />
    </Form>
  )
}
