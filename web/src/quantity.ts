import { amount } from './amount'

const factors: Record<string, number> = {
  '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
}

function parts(text: string): [number, string] | null {
  const found = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text.trim())
  return found ? [Number(found[1]), found[2] ?? ''] : null
}

// As in Kubernetes; null for what the server would refuse.
export function milliCpu(text: string): number | null {
  const read = parts(text)
  if (!read) return null
  const [number, unit] = read
  return unit === 'm' ? Math.ceil(number) : unit === '' ? Math.ceil(number * 1000) : null
}

export function bytes(text: string): number | null {
  const read = parts(text)
  const factor = read ? factors[read[1]] : undefined
  return read && factor !== undefined ? Math.ceil(read[0] * factor) : null
}

// What Kubernetes writes as 250m or 256Mi as people say it, all of them in one unit. As it was written where
// that cannot be read, or where different ones would look the same.
export function sized(
  what: 'cpu' | 'memory',
  texts: readonly (string | null)[],
  locale: string,
): (string | null)[] {
  const [read, unit] = what === 'cpu' ? [milliCpu, 'milli-cpu'] : [bytes, 'bytes']
  const values = texts.map((one) => (one === null ? null : read(one)))
  const most = Math.max(...values.map((one) => one ?? 0))
  const said = values.map((one, at) => (one === null ? (texts[at] ?? null) : amount(one, unit, locale, most)))
  const many = (of: readonly unknown[]) => new Set(of).size
  return many(said) < many(values) ? [...texts] : said
}
