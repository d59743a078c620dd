// An amount of a plan's feature, in the unit that people say it in.
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
// More than that of a unit is not read at a glance.
const mostOfAUnit = 10_000

// The unit of a feature, where only its name is told.
export function unitOf(feature: string): string {
  if (feature === 'cpu.max') return 'milli-cpu'
  return feature === 'memory.max' || feature === 'storage.max' ? 'bytes' : 'count'
}

// Whether one decimal says all of it. What was asked for as 1.1Gi is no whole number of bytes.
function isExact(bytes: number, step: number): boolean {
  const tenths = (bytes / 1024 ** step) * 10
  return Math.abs(tenths - Math.round(tenths)) <= 1e-6 * tenths
}

// The largest unit of which it is at least one, and then the largest in which one decimal says all of it,
// unless that would be a long number: rounded to a tenth of at least one, nothing is off by more than 5 %.
function stepOf(bytes: number): number {
  let largest = 0
  while (bytes >= 1024 ** (largest + 1) && largest < binary.length - 1) largest += 1
  for (let step = largest; step >= 0 && bytes / 1024 ** step < mostOfAUnit; step -= 1)
    if (isExact(bytes, step)) return step
  return largest
}

// `beside`: the largest of what it is compared with; its unit is taken where that loses nothing.
export function amount(value: number, unit: string, locale: string, beside = value): string {
  const number = (n: number, digits = 2) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(n)
  if (unit === 'milli-cpu') return `${number(value / 1000, 3)} CPU`
  if (unit !== 'bytes') return number(value)
  const bytes = Math.abs(value)
  const common = stepOf(Math.max(bytes, Math.abs(beside)))
  const step = isExact(bytes, common) ? common : stepOf(bytes)
  return `${number(value / 1024 ** step, 1)} ${binary[step]}`
}

// What is used of a limit, both in one unit where that loses nothing.
export function amounts(used: number, limit: number, unit: string, locale: string): { used: string; limit: string } {
  const most = Math.max(used, limit)
  return { used: amount(used, unit, locale, most), limit: amount(limit, unit, locale, most) }
}
