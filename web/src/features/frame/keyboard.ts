import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import { places } from './places'

const leaderMs = 1200

function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

// Ctrl/Cmd+K opens the palette, ? lists the keys, G and a letter goes to a page.
export function useKeyboard(org: string | null, palette: () => void, keys: () => void) {
  const navigate = useNavigate()
  const leader = useRef(0)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        palette()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return
      // A menu or a dialog that is open has the keys to itself.
      if (document.querySelector('[role="dialog"], [role="menu"]')) return
      if (event.key === '?') {
        event.preventDefault()
        keys()
        return
      }
      const led = event.timeStamp - leader.current < leaderMs
      leader.current = event.key === 'g' ? event.timeStamp : 0
      if (!led || org === null) return
      const place = places.find((one) => one.key === event.key)
      if (place) {
        event.preventDefault()
        void navigate({ to: place.to, params: { org } })
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate, org, palette, keys])
}
