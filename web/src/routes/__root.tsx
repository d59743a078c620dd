import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

import { Toasts } from '@/components/toasts'

export const Route = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Root,
})

function Root() {
  const { t } = useTranslation()
  return (
    <>
      <a
        href="#content"
        onClick={(event) => {
          // The address stays as it is: behind '#' there may be the secret of a mailed link.
          event.preventDefault()
          document.getElementById('content')?.focus()
        }}
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-2 text-accent-ink focus:translate-y-0"
      >
        {t('action.skip')}
      </a>
      <Outlet />
      <Toasts />
    </>
  )
}
