// An amount of a plan's feature, in the unit that people say it in.
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

// The unit of a feature, where only its name is told.
export function unitOf(feature: string): string {
  if (feature === 'cpu.max') return 'milli-cpu'
  return feature === 'memory.max' || feature === 'storage.max' ? 'bytes' : 'count'
}

export function amount(value: number, unit: string, locale: string): string {
  const number = (n: number, digits = 1) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(n)
  if (unit === 'milli-cpu') return `${number(value / 1000, 2)} CPU`
  if (unit !== 'bytes') return number(value)
  let step = 0
  let left = value
  while (left >= 1024 && step < binary.length - 1) {
    left /= 1024
    step += 1
  }
  return `${number(left)} ${binary[step]}`
}
