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

import type { Name } from '@/i18n'

// The pages of an organization, in the order of the navigation; `key` follows G on the keyboard.
export const places = [
  { to: '/o/$org', label: 'nav.overview', icon: LayoutDashboard, key: 'o' },
  { to: '/o/$org/teams', label: 'nav.teams', icon: Boxes, key: 't' },
  { to: '/o/$org/people', label: 'nav.people', icon: UsersRound, key: 'p' },
  { to: '/o/$org/usage', label: 'nav.usage', icon: Gauge, key: 'u' },
  { to: '/o/$org/access-review', label: 'nav.access', icon: UserCheck, key: 'r' },
  { to: '/o/$org/audit', label: 'nav.audit', icon: ScrollText, key: 'a' },
  { to: '/o/$org/isolation', label: 'nav.isolation', icon: ShieldCheck, key: 'i' },
  { to: '/o/$org/settings', label: 'nav.settings', icon: Settings, key: 's' },
] as const satisfies readonly { to: string; label: Name; icon: LucideIcon; key: string }[]
