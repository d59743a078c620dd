export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const first = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return first.map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase()
}

export function Initials({ name, square = false }: { name: string; square?: boolean }) {
  return (
    <span
      aria-hidden
      className={`grid size-7 shrink-0 place-items-center overflow-hidden border border-line bg-accent-soft text-xs font-semibold text-accent ${square ? 'rounded-md' : 'rounded-full'}`}
    >
      {initials(name)}
    </span>
  )
}
