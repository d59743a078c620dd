// An amount of a plan's feature, in the unit that people say it in.
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

// The unit of a feature, where only its name is told.
export function unitOf(feature: string): string {
  if (feature === 'cpu.max') return 'milli-cpu'
  return feature === 'memory.max' || feature === 'storage.max' ? 'bytes' : 'count'
}

// `beside`: the largest of what it is compared with, so that all of them are in one unit.
export function amount(value: number, unit: string, locale: string, beside = value): string {
  const number = (n: number, digits = 2) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(n)
  if (unit === 'milli-cpu') return `${number(value / 1000, 3)} CPU`
  if (unit !== 'bytes') return number(value)
  const most = Math.max(Math.abs(value), Math.abs(beside))
  let step = 0
  while (most >= 1024 ** (step + 1) && step < binary.length - 1) step += 1
  const left = value / 1024 ** step
  // Too little to be seen in that unit is not nothing.
  const least = 0.01
  return left > 0 && left < least ? `< ${number(least)} ${binary[step]}` : `${number(left)} ${binary[step]}`
}

// What is used of a limit, both in one unit.
export function amounts(used: number, limit: number, unit: string, locale: string): { used: string; limit: string } {
  const most = Math.max(used, limit)
  return { used: amount(used, unit, locale, most), limit: amount(limit, unit, locale, most) }
}
