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
