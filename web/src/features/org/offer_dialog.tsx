import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask } from '@/api/client'
import { renew } from '@/api/queries'
import { TextField } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { toast } from '@/components/toasts'
import { useRecently } from '@/features/account/reauthenticate'
import { useOnce, useSend } from '@/forms'

export function OfferDialog({ org, onClose }: { org: string; onClose: () => void }) {
  const { t } = useTranslation()
  const once = useOnce()
  const { recently, dialog } = useRecently()
  const form = useForm({ defaultValues: { user: '' } })
  const send = useSend(form, ['user'], async ({ user }) => {
    // What is refused is another one when it is sent again.
    once.renew()
    await recently(() =>
      ask('post', '/api/v1/orgs/{org}/ownership-offers', {
        params: { org },
        body: { user: user.trim() },
        once: once.key(),
      }),
    )
    await renew(org)
    toast(t('offers.made'))
    onClose()
  })
  const { errors, isSubmitting } = form.formState
  return (
    <>
      <FormDialog
        title={t('offers.by_offer')}
        lead={t('offers.by_offer_lead')}
        action={t('offers.by_offer')}
        busy={isSubmitting}
        wrong={errors.root?.server?.message}
        send={send}
        onClose={onClose}
      >
        <TextField
          label={t('offers.to')}
          type="email"
          autoComplete="off"
          error={errors.user}
          {...form.register('user', { required: t('field.required') })}
        />
      </FormDialog>
      {dialog}
    </>
  )
}
