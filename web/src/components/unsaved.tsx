import { useBlocker } from '@tanstack/react-router'

import { useTranslation } from '@/i18n'

import { Button } from './button'
import { Dialog } from './dialog'

// Asks before what was typed and not sent is left behind, by a link or by closing the tab.
// `kept`: a reload loses nothing. `what`: what would be lost.
export function Unsaved({
  when,
  kept = false,
  what = 'unsaved',
}: {
  // Or is asked at the moment one leaves.
  when: boolean | (() => boolean)
  kept?: boolean
  what?: 'unsaved' | 'unkept'
}) {
  const { t } = useTranslation()
  const loses = typeof when === 'function' ? when : () => when
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      loses() &&
      (current.pathname !== next.pathname ||
        JSON.stringify(current.search) !== JSON.stringify(next.search)),
    enableBeforeUnload: () => !kept && loses(),
    withResolver: true,
  })
  return (
    <Dialog
      open={status === 'blocked'}
      onOpenChange={(open) => !open && reset?.()}
      title={t(`${what}.title`)}
      lead={<p>{t(`${what}.text`)}</p>}
    >
      <div className="flex gap-2">
        <Button look="primary" onClick={reset}>
          {t(`${what}.stay`)}
        </Button>
        <Button onClick={proceed}>{t(`${what}.leave`)}</Button>
      </div>
    </Dialog>
  )
}
