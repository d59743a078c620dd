import type { ReactNode } from 'react'

// What a page is called. The focus comes here with each change of page (`@/arrival`), so it may have it,
// and Tab leaves it out.
export function Heading({ className, children }: { className: string; children: ReactNode }) {
  return (
    <h1 tabIndex={-1} className={`w-fit max-w-full rounded-sm ${className}`}>
      {children}
    </h1>
  )
}
