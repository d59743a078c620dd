import { Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { EntryPage } from './frame'

// The secret of a mailed link stands behind '#', which no server, log or Referer is told. It is read
// from there and put nowhere else. While the next page is loaded the address is that page's already, and
// this one still stands there with the token that it had.
export function useToken(): string {
  const { pathname, hash } = useLocation()
  const [page] = useState(pathname)
  const [token, setToken] = useState(hash)
  if (pathname !== page) return token
  if (hash !== token) setToken(hash)
  return hash
}

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
