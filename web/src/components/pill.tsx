import type { ReactNode } from 'react'

export type PillTone = 'good' | 'warn' | 'danger' | 'accent' | 'neutral'

const dots: Record<PillTone, string> = {
  good: 'bg-good',
  warn: 'bg-warn',
  danger: 'bg-danger',
  accent: 'bg-accent',
  neutral: 'bg-line-strong',
}

// A state: a dot and a word, never the colour alone.
export function Pill({ tone, children }: { tone: PillTone; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-full border border-line bg-panel px-2 py-px text-xs leading-5 whitespace-nowrap">
      <span aria-hidden className={`size-1.5 rounded-full ${dots[tone]}`} />
      {children}
    </span>
  )
}
