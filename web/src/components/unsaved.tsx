import { useBlocker } from '@tanstack/react-router'

import { useTranslation } from '@/i18n'

import { Button } from './button'
import { Dialog } from './dialog'

// Asks before what was typed and not sent is left behind, by a link or by closing the tab.
// `kept`: a reload loses nothing.
export function Unsaved({ when, kept = false }: { when: boolean; kept?: boolean }) {
  const { t } = useTranslation()
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      when &&
      (current.pathname !== next.pathname ||
        JSON.stringify(current.search) !== JSON.stringify(next.search)),
    enableBeforeUnload: when && !kept,
    withResolver: true,
  })
  return (
    <Dialog
      open={status === 'blocked'}
      onOpenChange={(open) => !open && reset?.()}
      title={t('unsaved.title')}
      lead={<p>{t('unsaved.text')}</p>}
    >
      <div className="flex gap-2">
        <Button look="primary" onClick={reset}>
          {t('unsaved.stay')}
        </Button>
        <Button onClick={proceed}>{t('unsaved.leave')}</Button>
      </div>
    </Dialog>
  )
}
