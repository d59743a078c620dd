import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Board } from '@/components/board'
import { Heading } from '@/components/heading'
import { Mark } from '@/components/mark'
import { Preferences } from '@/components/preferences'
import { usePageTitle } from '@/title'

// Around every page that needs nobody signed in.
export function EntryFrame({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-dvh md:grid-cols-[minmax(26rem,2fr)_3fr]">
      <div className="flex min-w-0 flex-col border-line bg-panel px-5 md:border-r sm:px-10">
        <header className="flex min-h-16 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
          <Link to="/" className="rounded-md">
            <Mark />
          </Link>
          <Preferences />
        </header>
        <main id="content" tabIndex={-1} className="w-full max-w-[24rem] pt-[7vh] pb-16">
          {children}
        </main>
      </div>
      <div className="sticky top-0 hidden h-dvh overflow-hidden md:block">
        <Board />
      </div>
    </div>
  )
}

export function EntryPage({
  title,
  lead,
  children,
}: {
  title: string
  lead?: ReactNode
  children?: ReactNode
}) {
  usePageTitle(title)
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <Heading className="text-2xl leading-8 tracking-tight">{title}</Heading>
        {lead ? <div className="flex flex-col gap-2 text-soft">{lead}</div> : null}
      </div>
      {children}
    </div>
  )
}
