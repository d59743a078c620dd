import {
  Boxes,
  Gauge,
  LayoutDashboard,
  ScrollText,
  Settings,
  ShieldCheck,
  UserCheck,
  UsersRound,
  type LucideIcon,
} from 'lucide-react'

import type { Schemas } from '@/api/client'
import type { Name } from '@/i18n'

interface Place {
  to: '/o/$org' | `/o/$org/${'teams' | 'people' | 'usage' | 'access-review' | 'audit' | 'isolation' | 'settings'}`
  label: Name
  icon: LucideIcon
  key: string
  // Without this action nothing of the page is asked for: each refusal would stand in the audit log.
  needs?: Schemas['Organization']['allowed_actions'][number]
}

// The pages of an organization, in the order of the navigation; `key` follows G on the keyboard.
export const places: readonly Place[] = [
  { to: '/o/$org', label: 'nav.overview', icon: LayoutDashboard, key: 'o' },
  { to: '/o/$org/teams', label: 'nav.teams', icon: Boxes, key: 't' },
  { to: '/o/$org/people', label: 'nav.people', icon: UsersRound, key: 'p', needs: 'members:read' },
  { to: '/o/$org/usage', label: 'nav.usage', icon: Gauge, key: 'u' },
  { to: '/o/$org/access-review', label: 'nav.access', icon: UserCheck, key: 'r', needs: 'members:read' },
  { to: '/o/$org/audit', label: 'nav.audit', icon: ScrollText, key: 'a', needs: 'audit:read' },
  { to: '/o/$org/isolation', label: 'nav.isolation', icon: ShieldCheck, key: 'i', needs: 'audit:read' },
  { to: '/o/$org/settings', label: 'nav.settings', icon: Settings, key: 's' },
]

// Those that somebody may see; all of them until that is known.
export const placesFor = (actions: readonly string[] | undefined) =>
  places.filter(({ needs }) => !needs || !actions || actions.includes(needs))

// Which of them a path shows. A review by itself is none: those of a team have readers of their own.
export function placeOf(path: string): Place | undefined {
  const [, , , page = '', under] = path.split('/')
  if (page === 'access-review' && under) return undefined
  return places.find(({ to }) => to === (page ? `/o/$org/${page}` : '/o/$org'))
}

// A team and all that it has stand beside the page of the teams in the address, and below it in the navigation.
export const isBelow = (path: string, to: Place['to']) => to === '/o/$org/teams' && path.split('/')[3] === 't'
