// What narrows the audit log, as it stands in the page's address; the names are those of the API.
export interface Filters {
  actor?: string
  action?: string
  target_kind?: string
  target_id?: string
  result?: 'done' | 'denied'
  from?: string
  until?: string
  order?: 'oldest'
}

const texts = ['actor', 'action', 'target_kind', 'target_id'] as const
const times = ['from', 'until'] as const

// What is no filter is left out, so that an address that somebody typed shows the whole log.
export function filtersFrom(search: Record<string, unknown>): Filters {
  const out: Filters = {}
  for (const name of texts) {
    const value = search[name]
    if (typeof value === 'string' && value.trim()) out[name] = value.trim()
  }
  for (const name of times) {
    const value = search[name]
    if (typeof value === 'string' && !Number.isNaN(Date.parse(value)))
      out[name] = new Date(value).toISOString()
  }
  if (search.result === 'done' || search.result === 'denied') out.result = search.result
  if (search.order === 'oldest') out.order = 'oldest'
  return out
}

const all = [...texts, ...times, 'result', 'order'] as const satisfies readonly (keyof Filters)[]

// Those that the address has and that are left out, since nothing can be asked with them.
export function badFilters(search: Record<string, unknown>): readonly (keyof Filters)[] {
  const good = filtersFrom(search)
  // What stands where nothing is said of the order.
  const said = (name: keyof Filters) => search[name] !== undefined && !(name === 'order' && search[name] === 'newest')
  return all.filter((name) => said(name) && good[name] === undefined)
}

// Which of them a fault of the server is about; null for none of these.
export const filterOf = (pointer: string): keyof Filters | null => all.find((name) => pointer === `?${name}`) ?? null

// One of them set to another value, or taken away.
export function withFilter<K extends keyof Filters>(
  filters: Filters,
  name: K,
  value: Filters[K] | '',
): Filters {
  return filtersFrom({ ...filters, [name]: value })
}

// The same for a field of the page, which has no zone: minutes of the clock on the wall.
export function wallTime(iso: string | undefined): string {
  if (!iso) return ''
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
