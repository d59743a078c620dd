import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { useOpener } from './opener'

export function Dialog({
  open,
  onOpenChange,
  title,
  lead,
  returnTo,
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  lead?: ReactNode
  // Where the focus goes when it closes, other than where it came from.
  returnTo?: () => HTMLElement | null
  children: ReactNode
}) {
  const { t } = useTranslation()
  const opener = useOpener()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="appear fixed inset-0 z-30 bg-[rgb(0_0_0/0.45)]" />
        <Primitive.Content
          {...(lead ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={(event) => {
            opener.opens()
            // Where one goes on typing, rather than the button that closes it.
            const first = (event.currentTarget as HTMLElement | null)?.querySelector<HTMLElement>(
              'input, select, textarea',
            )
            if (!first) return
            event.preventDefault()
            first.focus()
          }}
          onCloseAutoFocus={(event) => {
            const to = returnTo?.()
            if (!to) return opener.closes(event)
            event.preventDefault()
            to.focus()
          }}
          className="appear fixed top-[max(1rem,8vh)] left-1/2 z-40 flex max-h-[84vh] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-y-auto rounded-md border border-line bg-panel p-5 shadow-step"
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div className="flex min-w-0 flex-col gap-1">
              <Primitive.Title className="text-base">{title}</Primitive.Title>
              {lead ? (
                <Primitive.Description asChild>
                  <div className="text-soft">{lead}</div>
                </Primitive.Description>
              ) : null}
            </div>
            <Primitive.Close
              aria-label={t('action.close')}
              className="rounded-sm p-1 text-soft hover:text-ink"
            >
              <X aria-hidden size={16} />
            </Primitive.Close>
          </div>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
