const longest = 32

const written: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd' }

// In the letters a to z, as the server does it for short names.
const plain = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[äöüßæœøłđ]/g, (letter) => written[letter] ?? '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')

// A deployment's name made of what people call the thing: a template, or an image's last part.
export function nameFor(text: string): string {
  const last = text.split('/').pop() ?? ''
  const name = plain(last.replace(/[@:].*$/, ''))
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '')
  return name
}

// The first that is free: name, name-2, name-3 ...
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (name === '' || !taken.has(name)) return name
  for (let count = 2; ; ++count) {
    const end = `-${count}`
    const next = name.slice(0, longest - end.length).replace(/-+$/, '') + end
    if (!taken.has(next)) return next
  }
}
