import { useQuery } from '@tanstack/react-query'
import { useTranslation, type Name } from '@/i18n'

import { organization } from '@/api/queries'

export function useIsPaused(org: string): boolean {
  return useQuery(organization(org)).data?.body.state === 'suspended'
}

// Why something may not be done: what holds up everybody goes before what one's own role lacks.
export function useWhyNot(org: string): (lacks: Name) => string {
  const { t } = useTranslation()
  const paused = useIsPaused(org)
  return (lacks) => t(paused ? 'paused.why' : lacks)
}
