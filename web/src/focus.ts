// Keeps the focus on the page where what had it goes away: a row that was revoked, a button that is disabled
// once all is saved, a menu's item whose dialog closes. The browser would give it to the document, and a
// keyboard and a screen reader would begin anew at the top.

interface Used {
  at: HTMLElement
  // What it stands in, from the inside out, and its row's neighbours: they tell where it was once it is gone.
  within: Element[]
  row: Element | null
  next: Element | null
  before: Element | null
}

const controls = 'a[href], button, input, select, textarea, [tabindex="0"]'
const overlays = '[role="dialog"], [role="menu"], [role="listbox"]'

let used: Used | null = null
let byPointer = false

const usable = (one: Element) => one.isConnected && !one.matches(':disabled') && one.getClientRects().length > 0

function usedAt(target: EventTarget | null): Used | null {
  const at = target instanceof Element ? target.closest<HTMLElement>(`${controls}, [tabindex="-1"]`) : null
  if (!at || !at.closest('#content')) return null
  const within: Element[] = []
  for (let one = at.parentElement; one; one = one.parentElement) within.push(one)
  const row = at.closest('tr, li')
  return { at, within, row, next: row?.nextElementSibling ?? null, before: row?.previousElementSibling ?? null }
}

// Within the row, or what took its place in the list.
function inList({ row, next, before }: Used): HTMLElement | null {
  for (const one of [row, next, before]) {
    if (!one?.isConnected) continue
    const all = [...one.querySelectorAll<HTMLElement>(controls)].filter(usable)
    // Actions stand last in a row.
    const last = one === row ? all[0] : all.at(-1)
    if (last) return last
  }
  return null
}

function headingOf({ within }: Used): HTMLElement | null {
  for (const one of within) {
    if (!one.isConnected || !one.closest('#content')) continue
    const heading = one.querySelector<HTMLElement>('h1, h2, h3')
    if (!heading) continue
    if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1
    return heading
  }
  return null
}

// Where somebody goes on who has used a control of the page: there, if it still stands, else at the next of
// its list, else at the heading of its section. Whether there is such a place.
export function goOn(): boolean {
  if (!used) return false
  const to = usable(used.at) ? used.at : (inList(used) ?? headingOf(used))
  to?.focus({ preventScroll: byPointer })
  return to !== null
}

const isLost = () => document.activeElement === null || document.activeElement === document.body

// A dialog has the focus to itself and gives it back when it closes. Who has pressed beside everything has
// left it alone by themselves.
function look() {
  if (!used || usable(used.at) || !isLost() || document.querySelector(overlays)) return
  goOn()
}

// For as long as the document is there.
export function keepFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    used = usedAt(target) ?? (target instanceof Element && target.closest(overlays) ? used : null)
  })
  document.addEventListener(
    'pointerdown',
    ({ target }) => {
      byPointer = true
      if (!(target instanceof Element && target.closest(overlays))) used = usedAt(target)
    },
    { capture: true },
  )
  document.addEventListener('keydown', () => (byPointer = false), { capture: true })
  // What is disabled has the focus until it is drawn so.
  let waits = false
  new MutationObserver(() => {
    if (waits || !used || usable(used.at)) return
    waits = true
    setTimeout(() => {
      waits = false
      look()
    }, 50)
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
}
