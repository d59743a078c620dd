import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { Button } from '@/components/button'
import { TextField } from '@/components/field'
import { Notice } from '@/components/notice'
import { useRules, useSend } from '@/forms'

import { useRecently } from './reauthenticate'

export function ChangeAddress({ email, verified }: { email: string; verified: boolean }) {
  const { t } = useTranslation()
  const rules = useRules('Address')
  const { recently, dialog } = useRecently()
  const [sent, setSent] = useState<string | null>(null)
  // One's own address, to have it verified, until it is.
  const form = useForm({ defaultValues: { email: verified ? '' : email } })
  const send = useSend(form, ['email'], async (values) => {
    await recently(() => ask('post', '/api/v1/me/address', { body: values }))
    setSent(values.email)
  })
  const { errors, isSubmitting } = form.formState
  return (
    <>
      <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
        {sent !== null ? (
          <Notice tone="good" role="status">
            {t('account.address_sent', { email: sent })}
          </Notice>
        ) : null}
        {errors.root?.server ? (
          <Notice tone="danger" role="alert">
            {errors.root.server.message}
          </Notice>
        ) : null}
        <TextField
          label={t('account.new_address')}
          type="email"
          autoComplete="email"
          error={errors.email}
          {...form.register('email', rules('email'))}
        />
        <div>
          <Button type="submit" busy={isSubmitting}>
            {t('account.send_link')}
          </Button>
        </div>
      </form>
      {dialog}
    </>
  )
}
