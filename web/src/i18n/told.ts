type Table = readonly (readonly [RegExp, string])[]

// Of the language that is spoken; empty where the server's own words do.
let table: Table = []
export function setTold(to: Table) {
  table = to
}

// What the server says of a state is English; the table says it in the page's language. null: it does not know
// that, which is what a cluster, a registry or a program said by itself.
export function toldText(text: string, by: Table = table): string | null {
  for (const [said, own] of by) {
    const parts = said.exec(text)
    if (!parts) continue
    return own
      .replace(/([$@])(\d)/g, (_, how: string, at: string) => {
        const part = parts[Number(at)] ?? ''
        return how === '@' ? (toldText(part, by) ?? part) : part
      })
      .trim()
  }
  return null
}
