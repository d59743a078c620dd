import { useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { me } from '@/api/queries'
import { Button } from '@/components/button'
import { SelectField, TextField } from '@/components/field'
import { Notice } from '@/components/notice'
import { toast } from '@/components/toasts'
import { Unsaved } from '@/components/unsaved'
import { useRules, useSend } from '@/forms'
import { languages, locales } from '@/preferences'

export function Profile({ of }: { of: Schemas['Account'] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const rules = useRules('ProfilePatch')
  const form = useForm({ defaultValues: { name: of.name, locale: of.locale } })
  const send = useSend(form, ['name', 'locale'], async (body) => {
    const { user } = (await ask('patch', '/api/v1/me', { body })).body
    // Saved, so nothing keeps one from leaving.
    form.reset({ name: user.name, locale: user.locale })
    await client.invalidateQueries({ queryKey: me.queryKey })
    toast(t('settings.saved'))
  })
  const { errors, isSubmitting, isDirty } = form.formState
  return (
    <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
      <Unsaved when={isDirty && !isSubmitting} />
      {errors.root?.server ? (
        <Notice tone="danger" role="alert">
          {errors.root.server.message}
        </Notice>
      ) : null}
      <TextField
        label={t('field.name')}
        hint={t('account.name_hint')}
        autoComplete="name"
        error={errors.name}
        {...form.register('name', { ...rules('name'), required: t('field.required') })}
      />
      <SelectField label={t('account.mails')} error={errors.locale} {...form.register('locale')}>
        {locales.map((one) => (
          <option key={one} value={one} lang={one}>
            {languages[one]}
          </option>
        ))}
      </SelectField>
      <div>
        <Button type="submit" look="primary" busy={isSubmitting} disabled={!isDirty}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}
