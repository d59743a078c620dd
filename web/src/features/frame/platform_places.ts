import { Building2, Layers, ServerCog, ShieldCheck, type LucideIcon } from 'lucide-react'

import type { Name } from '@/i18n'

// The pages of the installation, for its administrators.
export const platformPlaces = [
  { to: '/platform', label: 'platform.orgs', icon: Building2 },
  { to: '/platform/plans', label: 'platform.plans', icon: Layers },
  { to: '/platform/isolation', label: 'isolation.title', icon: ShieldCheck },
  { to: '/platform/cluster', label: 'platform.cluster', icon: ServerCog },
] as const satisfies readonly { to: string; label: Name; icon: LucideIcon }[]
