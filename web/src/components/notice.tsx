import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

export type Tone = 'info' | 'good' | 'warn' | 'danger'

const tones: Record<Tone, { box: string; icon: typeof Info; ink: string }> = {
  info: { box: 'bg-accent-soft', icon: Info, ink: 'text-accent' },
  good: { box: 'bg-good-soft', icon: CircleCheck, ink: 'text-good' },
  warn: { box: 'bg-warn-soft', icon: TriangleAlert, ink: 'text-warn' },
  danger: { box: 'bg-danger-soft', icon: CircleAlert, ink: 'text-danger' },
}

export function Notice({
  tone,
  title,
  children,
  role,
}: {
  tone: Tone
  title?: string
  children?: ReactNode
  role?: 'alert' | 'status'
}) {
  const { box, icon: Icon, ink } = tones[tone]
  return (
    <div role={role} className={`flex gap-3 rounded-md px-3 py-2.5 ${box}`}>
      <Icon aria-hidden size={18} className={`mt-px shrink-0 ${ink}`} />
      <div className="flex min-w-0 flex-col gap-1 break-words">
        {title ? <p className="font-medium">{title}</p> : null}
        {children}
      </div>
    </div>
  )
}
