import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation, type Name } from '@/i18n'

import { ask } from '@/api/client'
import { signedInAs } from '@/api/queries'
import { buttonClass } from '@/components/button'
import { PasswordField } from '@/components/field'
import { useRules, useSend } from '@/forms'

import { Form } from './form'
import { EntryPage } from './frame'
import { LinkUnusable, useToken } from './token'

// A mailed link that sets a new password; all sessions end with it, this browser's too.
export function NewPasswordPage({
  path,
  text,
}: {
  path: '/api/v1/auth/reset' | '/api/v1/auth/address/restore'
  text: { title: Name; lead: Name; action: Name; done: Name }
}) {
  const { t } = useTranslation()
  const token = useToken()
  const rules = useRules('Reset')
  const [done, setDone] = useState(false)
  const form = useForm({ defaultValues: { password: '' } })
  const send = useSend(form, ['password'], async ({ password }) => {
    await ask('post', path, { body: { token, password } })
    await signedInAs()
    setDone(true)
  })
  const { errors } = form.formState
  if (done)
    return (
      <EntryPage title={t('reset.done')} lead={<p>{t(text.done)}</p>}>
        <p>
          <Link to="/login" className={buttonClass('primary')}>
            {t('action.sign_in')}
          </Link>
        </p>
      </EntryPage>
    )
  if (token === '' || errors.root?.server?.type === 'link_invalid') return <LinkUnusable />
  return (
    <EntryPage title={t(text.title)} lead={<p>{t(text.lead)}</p>}>
      <Form form={form} onSubmit={send} action={t(text.action)}>
        <PasswordField
          label={t('field.new_password')}
          hint={t('field.password_hint')}
          autoComplete="new-password"
          error={errors.password}
          {...form.register('password', rules('password'))}
        />
      </Form>
    </EntryPage>
  )
}
