import { X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from '@/i18n'

interface Toast {
  id: number
  text: string
}

const most = 4
const shownMs = 4000

let toasts: Toast[] = []
let next = 1
const listeners = new Set<() => void>()

function set(to: Toast[]) {
  toasts = to
  for (const listener of listeners) listener()
}
const drop = (id: number) => set(toasts.filter((toast) => toast.id !== id))

// Says that something was done. An error is told where it happened, never only here.
export function toast(text: string) {
  set([...toasts, { id: next++, text }].slice(-most))
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function One({ toast: { id, text } }: { toast: Toast }) {
  const { t } = useTranslation()
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => drop(id), shownMs)
    return () => clearTimeout(timer)
  }, [id, held])
  return (
    <li
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="appear flex items-start gap-3 rounded-md border border-line bg-panel py-2 pr-2 pl-3 shadow-step"
    >
      <span className="min-w-0 flex-1 break-words">{text}</span>
      <button
        type="button"
        aria-label={t('action.dismiss')}
        onClick={() => drop(id)}
        className="rounded-sm p-0.5 text-soft hover:text-ink"
      >
        <X aria-hidden size={16} />
      </button>
    </li>
  )
}

export function Toasts() {
  const { t } = useTranslation()
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <section
      aria-label={t('state.messages')}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex justify-end"
    >
      <ol className="pointer-events-auto flex w-full max-w-sm flex-col gap-2">
        {shown.map((one) => (
          <One key={one.id} toast={one} />
        ))}
      </ol>
    </section>
  )
}
