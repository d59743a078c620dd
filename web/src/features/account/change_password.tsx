import { useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { Button } from '@/components/button'
import { PasswordField } from '@/components/field'
import { Notice } from '@/components/notice'
import { toast } from '@/components/toasts'
import { useRules, useSend } from '@/forms'

import { useRecently } from './reauthenticate'

export function ChangePassword() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const rules = useRules('Reset')
  const { recently, dialog } = useRecently()
  const form = useForm({ defaultValues: { password: '' } })
  const send = useSend(form, ['password'], async (values) => {
    await recently(() => ask('put', '/api/v1/me/password', { body: values }))
    form.reset()
    await client.invalidateQueries({ queryKey: ['sessions'] })
    toast(t('account.password_done'))
  })
  const { errors, isSubmitting } = form.formState
  return (
    <>
      <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
        {errors.root?.server ? (
          <Notice tone="danger" role="alert">
            {errors.root.server.message}
          </Notice>
        ) : null}
        <PasswordField
          label={t('field.new_password')}
          hint={t('field.password_hint')}
          autoComplete="new-password"
          error={errors.password}
          {...form.register('password', rules('password'))}
        />
        <div>
          <Button type="submit" busy={isSubmitting}>
            {t('account.change_password')}
          </Button>
        </div>
      </form>
      {dialog}
    </>
  )
}
