import { useId } from 'react'

// What narrows a list, with its name before it.
export function Choice<V extends string>({
  label,
  value,
  options,
  choose,
}: {
  label: string
  value: V
  options: readonly { value: V; text: string }[]
  choose: (value: V) => void
}) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-xs text-soft">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => choose(event.target.value as V)}
        className="min-h-9 w-full max-w-full min-w-0 rounded-md border border-line-strong bg-panel px-2 py-1.5"
      >
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.text}
          </option>
        ))}
      </select>
    </div>
  )
}
