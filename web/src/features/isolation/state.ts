interface Look {
  cluster: 'simulated' | 'kubernetes'
  complete: boolean
  totals: { exposed: number; unseen: number }
}

// Alone is said only of what was proved, and of a simulated cluster nothing is.
export function stateOf({ cluster, totals, complete }: Look): 'alone' | 'exposed' | 'unknown' {
  if (totals.exposed > 0) return 'exposed'
  return cluster !== 'simulated' && complete && totals.unseen === 0 ? 'alone' : 'unknown'
}

// Of how many sandboxes it is proved, where that is known of some and not of others. A look that is
// old, or that did not see all of the cluster, proves it of none.
export function provedOf({ cluster, complete, totals }: Look & { totals: { sandboxes: number } }): number | null {
  const proved = totals.sandboxes - totals.unseen - totals.exposed
  return cluster !== 'simulated' && complete && totals.unseen > 0 && proved > 0 ? proved : null
}
