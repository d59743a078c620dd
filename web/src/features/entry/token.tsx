import { useLocation } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { EntryPage } from './frame'
import { Link } from '@tanstack/react-router'

// The secret of a mailed link stands behind '#', which no server, log or Referer is told. It is read
// from there and put nowhere else.
export const useToken = () => useLocation({ select: (location) => location.hash })

export function LinkUnusable() {
  const { t } = useTranslation()
  return (
    <EntryPage title={t('link.unusable')} lead={<p>{t('link.unusable_text')}</p>}>
      <p>
        <Link to="/login" className="link">
          {t('action.to_sign_in')}
        </Link>
      </p>
    </EntryPage>
  )
}
