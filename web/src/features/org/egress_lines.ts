import type { Schemas } from '@/api/client'

type Rule = Schemas['EgressRule']

// One range a line, with its ports behind it: "1.1.1.0/24 443, 8443".
export function linesOf(rules: readonly Rule[]): string {
  return rules.map(({ cidr, ports }) => [cidr, ports?.join(', ')].filter(Boolean).join(' ')).join('\n')
}

// Lines without a word say nothing. `line`: which line a rule came from, since the server speaks of
// rules. A port that is no number is sent as it was typed, for the server to refuse.
export function rulesOf(text: string): { rules: Rule[]; line: number[] } {
  const rules: Rule[] = []
  const line: number[] = []
  text.split('\n').forEach((typed, index) => {
    const [cidr, ...ports] = typed.split(/[\s,;]+/).filter(Boolean)
    if (!cidr) return
    rules.push({ cidr, ...(ports.length > 0 ? { ports: ports.map(portOf) } : {}) })
    line.push(index + 1)
  })
  return { rules, line }
}

function portOf(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : (text as unknown as number)
}
