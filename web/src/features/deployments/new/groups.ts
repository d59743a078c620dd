// The order in which kinds of templates are shown. What says another kind comes last.
export const kinds = ['web', 'database', 'tools', 'monitoring', 'other'] as const
export type Kind = (typeof kinds)[number]

const kindOf = (category: string) => kinds.find((one) => one === category) ?? 'other'

interface Said {
  name: string
  text: string
}

// Every word of what is searched for has to stand somewhere in what a person reads of a template.
export function grouped<T extends { category: string }>(
  templates: readonly T[],
  searched: string,
  said: (of: T) => Said,
  heading: (kind: Kind) => string,
): { kind: Kind; items: T[] }[] {
  const wanted = searched.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const fits = (one: T) => {
    const { name, text } = said(one)
    const all = `${name} ${text} ${heading(kindOf(one.category))}`.toLocaleLowerCase()
    return wanted.every((word) => all.includes(word))
  }
  return kinds
    .map((kind) => ({ kind, items: templates.filter((one) => kindOf(one.category) === kind && fits(one)) }))
    .filter(({ items }) => items.length > 0)
}
