import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { usePageTitle } from '@/title'

import { buttonClass } from './button'
import { Heading } from './heading'
import { Mark } from './mark'

// `was`: the name of what this page has shown until now. `what`: what was looked for, in words.
export function NotFoundText({ was, what }: { was?: string | undefined; what?: string }) {
  const { t } = useTranslation()
  const title = was ? t('not_found.gone', { name: was }) : (what ?? t('not_found.title'))
  usePageTitle(title)
  return (
    <div className="flex max-w-xl flex-col items-start gap-3 py-8">
      <p className="font-mono text-soft">{t('not_found.code')}</p>
      <Heading className="text-xl leading-7">{title}</Heading>
      <p className="text-soft" role={was ? 'alert' : undefined}>
        {t(was ? 'not_found.gone_text' : 'not_found.text')}
      </p>
      <Link to="/" className={buttonClass('plain')}>
        {t('action.home')}
      </Link>
    </div>
  )
}

// An address inside a frame that no page is at.
export function NotFoundHere() {
  return <NotFoundText />
}

// In the place of a whole page.
export function NotFound() {
  return (
    <main id="content" tabIndex={-1} className="px-6 py-8 sm:px-12">
      <Mark />
      <NotFoundText />
    </main>
  )
}
