import './styles.css'

import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { setNonce } from 'get-nonce'

import { leadFocus } from './arrival'
import { whenSessionEnds } from './api/client'
import { keepFresh } from './api/fresh'
import { me, queries } from './api/queries'
import { BadAddress } from './components/bad_address'
import { keepFocus } from './focus'
import { startLanguage } from './i18n'
import { unreadable } from './preferences'
import { router } from './router'

// Dialogs put a style of their own into the document while they are open.
const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce
if (nonce) setNonce(nonce)

whenSessionEnds(() => {
  queries.setQueryData(me.queryKey, null)
  void router.invalidate()
})

keepFresh()
leadFocus(router)
keepFocus()

await startLanguage()

const place = document.getElementById('app')
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        {unreadable() ? <BadAddress /> : <RouterProvider router={router} />}
      </QueryClientProvider>
    </StrictMode>,
  )
