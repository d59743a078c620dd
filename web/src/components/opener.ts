import { useRef } from 'react'

import { goOn } from '@/focus'

// Of a dialog that is opened by something other than its trigger: what had the focus then has it again when
// it closes, where that is still there, else what led to it on the page.
export function useOpener() {
  const opener = useRef<Element | null>(null)
  return {
    opens: () => {
      opener.current = document.activeElement
    },
    closes: (event: Event) => {
      const to = opener.current
      if (to instanceof HTMLElement && to !== document.body && to.isConnected && !to.matches(':disabled')) {
        event.preventDefault()
        to.focus()
      } else if (goOn()) event.preventDefault()
    },
  }
}
