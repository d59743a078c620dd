import type { ComponentProps, MouseEvent } from 'react'

import { useDropsWhileBusy } from '@/once'

export type Look = 'primary' | 'plain' | 'quiet' | 'danger'

const looks: Record<Look, string> = {
  primary:
    'bg-accent text-accent-ink border-accent hover:bg-accent-strong hover:border-accent-strong font-medium',
  plain: 'bg-panel text-ink border-line-strong hover:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-sunken',
  danger: 'bg-danger text-danger-ink border-danger hover:opacity-90 font-medium',
}

export function buttonClass(look: Look = 'plain', wide = false): string {
  return `inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 py-1.5 text-center transition-colors duration-100 disabled:opacity-55 aria-disabled:opacity-55 ${looks[look]} ${wide ? 'w-full' : ''}`
}

type Props = Omit<ComponentProps<'button'>, 'onClick'> & {
  look?: Look
  wide?: boolean
  busy?: boolean
  onClick?: ((event: MouseEvent<HTMLButtonElement>) => unknown) | undefined
}

// While it is busy, or what it began has not ended, a second press does nothing; it keeps its place in
// the order of focus.
export function Button({ look = 'plain', wide = false, busy = false, onClick, ...rest }: Props) {
  const run = useDropsWhileBusy()
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : (event) => run(() => onClick?.(event))}
      className={buttonClass(look, wide)}
    />
  )
}
