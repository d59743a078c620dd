// What an audit row tells beside who, what and when.
export interface Change {
  field: string
  before: unknown
  after: unknown
}

const record = (value: unknown): Record<string, unknown> | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null

// Before and after side by side, field by field.
export function changesOf(detail: Record<string, unknown>): Change[] {
  const before = record(detail.before) ?? {}
  const after = record(detail.after) ?? {}
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((field) => ({
    field,
    before: before[field],
    after: after[field],
  }))
}

// The rest of it.
export function factsOf(detail: Record<string, unknown>): [string, unknown][] {
  return Object.entries(detail).filter(
    ([name, value]) => !((name === 'before' || name === 'after') && record(value)),
  )
}

// A text that was not kept stands as {"hash": ...}.
export function hashOf(value: unknown): string | null {
  const hash = record(value)?.hash
  return typeof hash === 'string' ? hash : null
}

export const plain = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
