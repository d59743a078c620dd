import { useTranslation } from '@/i18n'

import { support } from '@/preferences'

import { httpsOnly, mailTo } from './contact'

// Whom to write to, where the installation says so; else `otherwise`.
export function Support({ otherwise }: { otherwise?: string }) {
  const { t } = useTranslation()
  const { mail, url } = support()
  const page = httpsOnly(url)
  if (mail === null && page === null) return otherwise ? <p>{otherwise}</p> : null
  return (
    <p className="wrap-anywhere">
      {t('support.title')}{' '}
      {mail === null ? null : (
        <a href={mailTo(mail)} className="link">
          {mail}
        </a>
      )}
      {mail !== null && page !== null ? ' · ' : null}
      {page === null ? null : (
        <a href={page} rel="noreferrer" className="link">
          {page}
        </a>
      )}
    </p>
  )
}
