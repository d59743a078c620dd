import type { ReactNode } from 'react'

// A table that below 640 px stands as one block a row, each value under its column's name.
export function Table({
  label,
  head,
  children,
}: {
  label: string
  head: ReactNode[]
  children: ReactNode
}) {
  return (
    <div className="rounded-md border border-line bg-panel">
      <table aria-label={label} className="block w-full sm:table">
        <thead className="sr-only sm:not-sr-only sm:table-header-group">
          <tr>
            {head.map((name, at) => (
              <th
                key={at}
                scope="col"
                className="h-10 border-b border-line px-4 text-left text-xs font-medium text-soft lg:whitespace-nowrap"
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="block sm:table-row-group">{children}</tbody>
      </table>
    </div>
  )
}

export function Row({ children }: { children: ReactNode }) {
  return (
    <tr className="relative flex flex-col gap-1.5 border-b border-line px-4 py-3 last:border-b-0 sm:table-row sm:px-0 sm:py-0 sm:[&:last-child>*]:border-b-0 max-sm:[&:has(>[data-corner])>th]:pr-10">
      {children}
    </tr>
  )
}

const place = 'sm:h-12 sm:border-b sm:border-line sm:px-4 sm:py-2 sm:align-middle'

export function Head({ children }: { children: ReactNode }) {
  return (
    <th scope="row" className={`block text-left font-normal sm:table-cell sm:min-w-32 ${place}`}>
      {children}
    </th>
  )
}

export function Cell({
  label,
  end = false,
  corner = false,
  children,
}: {
  // Of the column, for where the head is not seen.
  label?: string
  end?: boolean
  // It has a small button alone, which stands beside the row's name where each row is a block.
  corner?: boolean
  children: ReactNode
}) {
  return (
    <td
      data-corner={corner ? '' : undefined}
      className={`flex gap-2 break-words sm:table-cell ${end ? 'sm:text-right' : ''} ${corner ? 'max-sm:absolute max-sm:top-2 max-sm:right-2' : ''} ${place}`}
    >
      {label ? (
        <span aria-hidden className="w-28 shrink-0 hyphens-auto text-soft sm:hidden">
          {label}
        </span>
      ) : null}
      <span className="min-w-0">{children}</span>
    </td>
  )
}
