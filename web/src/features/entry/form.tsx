import type { FormEventHandler, ReactNode } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'

import { Button } from '@/components/button'
import { Notice } from '@/components/notice'

// A form with its one action; what belongs to no field is told above.
export function Form<F extends FieldValues>({
  form,
  onSubmit,
  action,
  children,
}: {
  form: UseFormReturn<F>
  onSubmit: FormEventHandler
  action: string
  children: ReactNode
}) {
  const { errors, isSubmitting } = form.formState
  const whole = errors.root?.server
  return (
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
      {whole ? (
        <Notice tone="danger" role="alert">
          {whole.message}
        </Notice>
      ) : null}
      {children}
      <Button type="submit" look="primary" wide busy={isSubmitting}>
        {action}
      </Button>
    </form>
  )
}
