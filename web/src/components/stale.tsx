import { useTranslation } from '@/i18n'

import { Button } from './button'
import { Notice } from './notice'

// Somebody else saved first: what is there now can be loaded, or one's own be sent all the same.
export function Stale({ text, load, again }: { text: string; load: () => void; again: () => void }) {
  const { t } = useTranslation()
  return (
    <Notice tone="warn" role="alert">
      <p>{text}</p>
      <div className="mt-1.5 flex flex-wrap gap-2">
        <Button onClick={load}>{t('stale.load')}</Button>
        <Button onClick={again}>{t('stale.again')}</Button>
      </div>
    </Notice>
  )
}
