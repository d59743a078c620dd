import { useTranslation } from '@/i18n'

import { usePageTitle } from '@/title'

import { buttonClass } from './button'
import { Mark } from './mark'

// In the place of every page, where the server could make nothing of the address. What stands there is
// not repeated, and the router, which would read it once more, is not begun: the link loads anew.
export function BadAddress() {
  const { t } = useTranslation()
  usePageTitle(t('bad_address.title'))
  return (
    <main id="content" tabIndex={-1} className="px-6 py-8 sm:px-12">
      <Mark />
      <div className="flex max-w-xl flex-col items-start gap-3 py-8">
        <p className="font-mono text-soft">{t('bad_address.code')}</p>
        <h1 className="text-xl leading-7">{t('bad_address.title')}</h1>
        <p className="text-soft">{t('bad_address.text')}</p>
        <a href="/" className={buttonClass('plain')}>
          {t('action.home')}
        </a>
      </div>
    </main>
  )
}
