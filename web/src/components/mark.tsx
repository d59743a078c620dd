import { product } from '@/preferences'

export function Mark({ named = true }: { named?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2.5">
      <svg aria-hidden viewBox="0 0 32 32" className="size-6 shrink-0">
        <rect width="32" height="32" rx="6" className="fill-accent" />
        <g className="fill-accent-ink">
          <rect x="6" y="8" width="12" height="4" rx="1" />
          <rect x="10" y="14" width="16" height="4" rx="1" />
          <rect x="6" y="20" width="8" height="4" rx="1" />
        </g>
      </svg>
      {named ? <span className="font-semibold">{product()}</span> : null}
    </span>
  )
}
