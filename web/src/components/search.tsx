import { Search } from 'lucide-react'

// On a narrow screen as wide as the list under it.
export function SearchField({
  label,
  value,
  search,
}: {
  label: string
  value: string
  search: (text: string) => void
}) {
  return (
    <label className="relative block w-full sm:max-w-xs">
      <span className="sr-only">{label}</span>
      <Search aria-hidden size={15} className="absolute top-2.5 left-3 text-soft" />
      <input
        type="search"
        defaultValue={value}
        placeholder={label}
        onChange={(event) => search(event.target.value)}
        className="min-h-9 w-full rounded-md border border-line-strong bg-panel py-1.5 pr-3 pl-9 placeholder:text-soft"
      />
    </label>
  )
}
