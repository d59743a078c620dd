// The addresses in what was pasted: one a line, or parted by commas, semicolons or blanks, each once.
export function addresses(text: string): string[] {
  const found = text
    .split(/[\s,;]+/)
    .map((one) => one.replace(/^<|>$/g, ''))
    .filter((one) => one.includes('@'))
  const seen = new Set<string>()
  return found.filter((one) => {
    const folded = one.toLowerCase()
    if (seen.has(folded)) return false
    seen.add(folded)
    return true
  })
}
