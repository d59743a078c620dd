import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { useDropsWhileBusy } from '@/once'

import { Button, type Look } from './button'
import { Dialog } from './dialog'
import { Notice } from './notice'
import { ProblemNotice } from './problem'

// A dialog with one thing to do: above it what went wrong, below it what does it and the way out.
// `ready`: whether it can be done as the dialog stands.
export function FormDialog({
  title,
  lead,
  action,
  look = 'primary',
  busy,
  ready = true,
  wrong,
  problems = [],
  send,
  onClose,
  children,
}: {
  title: string
  lead?: ReactNode
  action: string
  look?: Look
  busy: boolean
  ready?: boolean
  // What fits no field of a form that the server has refused.
  wrong?: string | undefined
  problems?: readonly (Error | null)[]
  // Pressed again before it has ended, it is not sent again.
  send: (event: FormEvent<HTMLFormElement>) => Promise<unknown>
  onClose: () => void
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const run = useDropsWhileBusy()
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      {...(lead ? { lead: <p>{lead}</p> } : {})}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) run(() => send(event))
        }}
      >
        {problems.map((one, at) => (one ? <ProblemNotice key={at} problem={asProblem(one)} /> : null))}
        {wrong === undefined ? null : (
          <Notice tone="danger" role="alert">
            {wrong}
          </Notice>
        )}
        {children}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look={look} busy={busy} disabled={!ready}>
            {action}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
