import { useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { PasswordField } from '@/components/field'
import { Notice } from '@/components/notice'
import { useSend } from '@/forms'

// Does something for which the password must have been given lately: asks for it where the server
// says so, and then does it again.
export function useRecently() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const answer = useRef<{ resolve: () => void; reject: (why: unknown) => void } | null>(null)
  const refused = useRef<unknown>(null)
  const form = useForm({ defaultValues: { password: '' } })
  const send = useSend(form, ['password'], async ({ password }) => {
    await ask('post', '/api/v1/auth/reauthenticate', { body: { password } })
    form.reset()
    setOpen(false)
    answer.current?.resolve()
    answer.current = null
  })
  const { errors, isSubmitting } = form.formState
  const recently = async <T,>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      if (asProblem(error).code !== 'reauthentication_required') throw error
      refused.current = error
      setOpen(true)
      await new Promise<void>((resolve, reject) => {
        answer.current = { resolve, reject }
      })
      return await act()
    }
  }
  const dialog = (
    <Dialog
      open={open}
      onOpenChange={(to) => {
        setOpen(to)
        if (!to) answer.current?.reject(refused.current)
      }}
      title={t('recently.title')}
      lead={<p>{t('recently.lead')}</p>}
    >
      <form
        noValidate
        onSubmit={(event) => {
          // It stands inside of another form on the page, but not in the document.
          event.stopPropagation()
          void send(event)
        }}
        className="flex flex-col gap-4"
      >
        {errors.root?.server ? (
          <Notice tone="danger" role="alert">
            {errors.root.server.message}
          </Notice>
        ) : null}
        <PasswordField
          label={t('field.password')}
          autoComplete="current-password"
          error={errors.password}
          {...form.register('password', { required: t('field.required') })}
        />
        <div>
          <Button type="submit" look="primary" busy={isSubmitting}>
            {t('action.go_on')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
  return { recently, dialog }
}
