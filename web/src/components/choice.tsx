import { useId } from 'react'

// What narrows a list, with its name before it.
export function Choice<V extends string>({
  label,
  value,
  options,
  wrong,
  choose,
}: {
  label: string
  value: V
  options: readonly { value: V; text: string }[]
  // Why it cannot be used as it is.
  wrong?: string | undefined
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
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        className={`min-h-9 w-full max-w-full min-w-0 rounded-md border bg-panel px-2 py-1.5 ${wrong ? 'border-danger' : 'border-line-strong'}`}
      >
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.text}
          </option>
        ))}
      </select>
      {wrong ? (
        <p id={`${id}-wrong`} className="text-xs text-danger">
          {wrong}
        </p>
      ) : null}
    </div>
  )
}
