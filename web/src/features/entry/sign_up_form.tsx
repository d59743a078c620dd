import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Problem, type Schemas } from '@/api/client'
import { signedInAs } from '@/api/queries'
import { PasswordField, TextField } from '@/components/field'
import { useRules, useSend } from '@/forms'

import { Form } from './form'

interface Values {
  name: string
  email: string
  password: string
}

export function SignUpForm({
  email = '',
  fixed = false,
  invitation,
  action,
  done,
  mailed,
  refused,
}: {
  email?: string
  fixed?: boolean
  invitation?: string
  action: string
  done: (signedIn: Schemas['SignedIn']) => void | Promise<void>
  // The account is made by a link that went to this address.
  mailed: (email: string) => void
  // True for what the page around the form tells.
  refused?: (problem: Problem) => boolean
}) {
  const { t } = useTranslation()
  const rules = useRules('SignUp')
  const form = useForm<Values>({ defaultValues: { name: '', email, password: '' } })
  const { errors } = form.formState
  const send = useSend(form, ['name', 'email', 'password'], async (values) => {
    const { body } = await ask('post', '/api/v1/auth/signup', {
      body: { ...values, ...(invitation ? { invitation } : {}) },
    })
    if (!body) return mailed(values.email)
    await signedInAs()
    await done(body)
  }, refused)
  return (
    <Form form={form} onSubmit={send} action={action}>
      <TextField
        label={t('field.name')}
        autoComplete="name"
        error={errors.name}
        {...form.register('name', rules('name'))}
      />
      <TextField
        label={t('field.email')}
        type="email"
        autoComplete="username"
        readOnly={fixed}
        error={errors.email}
        {...form.register('email', rules('email'))}
      />
      <PasswordField
        label={t('field.password')}
        hint={t('field.password_hint')}
        autoComplete="new-password"
        error={errors.password}
        {...form.register('password', rules('password'))}
      />
    </Form>
  )
}
