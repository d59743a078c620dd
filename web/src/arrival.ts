import type { AnyRouter } from '@tanstack/react-router'

// How long a page may take to come, and a dialog that led to it to give the focus back.
const pageMs = 10_000
const dialogMs = 1_000

interface Place {
  pathname: string
  search: Record<string, unknown>
}

const isWithin = (at: Element | null, what: string) => at?.closest(what) != null

// The focus of somebody who has just come to a page goes to its heading, as soon as it has one, so that a
// keyboard and a screen reader go on there. Whatever they do themselves meanwhile is theirs. Gives what
// ends the waiting.
function arrive(): () => void {
  const from = Date.now()
  const ended = new AbortController()
  let there = false
  const go = () => {
    const heading = document.querySelector<HTMLElement>('#content h1')
    const at = document.activeElement
    // A dialog has the focus to itself, and gives it back when it closes.
    if (!heading || at === heading || isWithin(at, '[role="dialog"], [role="menu"]')) return
    there = true
    heading.focus({ preventScroll: true })
  }
  go()
  // A heading comes late where its text has to be read first, and may be another one then.
  const changes = new MutationObserver(() => {
    if (!there || document.activeElement === document.body) go()
  })
  changes.observe(document.body, { childList: true, subtree: true })
  const timer = setTimeout(() => ended.abort(), pageMs)
  const { signal } = ended
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    changes.disconnect()
  })
  // What led here may have been in a dialog, which gives the focus back to what opened it. Within the page
  // a screen reader moves it without a key that is told.
  const back = ({ target }: FocusEvent) => {
    if (Date.now() - from < dialogMs && target instanceof Element && !isWithin(target, '#content')) go()
  }
  document.addEventListener('focusin', back, { signal })
  for (const what of ['keydown', 'pointerdown'] as const)
    document.addEventListener(what, () => ended.abort(), { signal, capture: true })
  return () => ended.abort()
}

// With each change of page but the first, whose focus is the browser's. What is filtered or open on a page
// is the same page; the form for what was chosen is another one than the choice.
export function leadFocus(router: AnyRouter): void {
  let end = () => {}
  const page = ({ pathname, search }: Place) => `${pathname} ${String(search.template)} ${String(search.image)}`
  router.subscribe('onBeforeNavigate', ({ fromLocation, toLocation }) => {
    if (fromLocation && page(fromLocation) !== page(toLocation)) end()
  })
  router.subscribe('onResolved', ({ fromLocation, toLocation }) => {
    if (!fromLocation || page(fromLocation) === page(toLocation)) return
    end()
    end = arrive()
  })
}
