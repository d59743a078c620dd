import type { ReactNode } from 'react'

import { usePageTitle } from '@/title'

import { Heading } from './heading'

// The head of a page: what it is, and its one action.
export function Page({
  title,
  of,
  above,
  lead,
  action,
  children,
}: {
  title: string
  // Whose page it is, for the tab.
  of?: string
  // The way to it.
  above?: ReactNode
  lead?: ReactNode
  action?: ReactNode
  children: ReactNode
}) {
  usePageTitle(of ? `${title} · ${of}` : title)
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
          {above}
          <Heading className="text-xl leading-7 tracking-tight">{title}</Heading>
          {lead ? <div className="text-soft">{lead}</div> : null}
        </div>
        {action}
      </div>
      {children}
    </div>
  )
}

export function Section({
  title,
  lead,
  action,
  children,
}: {
  title: string
  lead?: ReactNode
  action?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="flex min-w-0 flex-col">
          <h2 className="text-sm">{title}</h2>
          {lead ? <p className="text-soft">{lead}</p> : null}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}

export function Panel({ children }: { children: ReactNode }) {
  return <div className="rounded-md border border-line bg-panel">{children}</div>
}

// Nothing there yet: what this is, and one thing to do about it.
export function Empty({ title, text, action }: { title: string; text: string; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 rounded-md border border-dashed border-line-strong px-5 py-6">
      <p className="font-medium">{title}</p>
      <p className="max-w-prose text-soft">{text}</p>
      {action ? <div className="mt-2">{action}</div> : null}
    </div>
  )
}
