import { useEffect } from 'react'

import { product } from './preferences'

// The document's title: what a screen reader says first, and what a tab shows.
export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · ${product()}` : product()
  }, [title])
}
