const longest = 32

// A deployment's name made of what people call the thing: a template, or an image's last part.
export function nameFor(text: string): string {
  const last = text.split('/').pop() ?? ''
  const name = last
    .replace(/[@:].*$/, '')
    .toLowerCase()
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
