// The domain as the server takes it: one with letters of other scripts in the form that begins with
// xn--. What is no domain stays as it was typed, and the server says so.
function inAscii(domain: string): string {
  if (/^[\x21-\x7e]*$/.test(domain) || /[\s/?#:@\\]/.test(domain)) return domain
  try {
    return new URL(`http://${domain}`).hostname
  } catch {
    return domain
  }
}

function plain(address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}@${inAscii(address.slice(at + 1))}`
}

// The addresses in what was pasted: one a line, or parted by commas, semicolons or blanks, with or without
// names as mail programs write them, each once. What stands alone and has no "@" is left as it was typed, so
// that the server says what is wrong with it; where names are written before addresses in <>, it may be a part
// of one ("Doe, Ann <ann@x.example>") and is none.
export function addresses(text: string): string[] {
  const named = text.includes('<')
  const found = text
    // Keyboards of other scripts have an @ of their own.
    .replaceAll('＠', '@')
    // A name in quotes may have anything in it.
    .replace(/"(?:[^"\\\n]|\\.)*"(?=\s*<)/g, ' ')
    .replace(/<\s*(?:mailto:)?([^<>\s]+)\s*>/gi, ' $1 ')
    .split(/[\n,;<>]+/)
    .flatMap((entry) => {
      const within = entry
        .split(/\s+/)
        .map((one) => one.replace(/^mailto:/i, ''))
        .filter((one) => one.includes('@'))
      if (within.length > 0) return within.map(plain)
      const alone = entry.trim()
      return named || alone === '' ? [] : [alone]
    })
  const seen = new Set<string>()
  return found.filter((one) => {
    const folded = one.toLowerCase()
    if (seen.has(folded)) return false
    seen.add(folded)
    return true
  })
}
