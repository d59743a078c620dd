import { useRef } from 'react'

// Runs what is asked for while nothing runs, and drops what is asked for meanwhile, the second press of a
// double click among it. A state that says "busy" comes too late for that: it is drawn after the press.
// What fails is told by who does it.
export function dropsWhileBusy(): (act: () => unknown) => void {
  let under = false
  return (act) => {
    if (under) return
    const done = act()
    if (!(done instanceof Promise)) return
    under = true
    void done
      .catch(() => undefined)
      .finally(() => {
        under = false
      })
  }
}

export function useDropsWhileBusy() {
  const kept = useRef<((act: () => unknown) => void) | null>(null)
  return (act: () => unknown) => (kept.current ??= dropsWhileBusy())(act)
}
