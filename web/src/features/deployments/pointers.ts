import type { Variable } from './change'

export const segments = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~'))

// Which field of a service's form a pointer into the service means; null for none.
export function serviceField(parts: readonly string[], env: readonly Variable[]): string | null {
  const [first = '', second = ''] = parts
  if (first === 'image' || first === 'port' || first === 'replicas') return first
  if (first === 'autoscale') return second === 'min' || second === 'max' ? second : second === 'cpu' ? 'target' : 'scaling'
  if (first === 'env') {
    const at = env.findIndex((one) => one.name.trim() === second)
    return at < 0 ? null : `env.${at}.value`
  }
  const last = parts.at(-1)
  return first === 'resources' && (last === 'cpu' || last === 'memory') ? last : null
}
