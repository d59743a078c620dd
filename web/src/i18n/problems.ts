import { useTranslation } from '.'

import type { Problem } from '@/api/client'

// How long, in the unit in which people say it.
export function waitText(
  seconds: number,
): ['problem.wait' | 'problem.wait_minutes' | 'problem.wait_hours', { count: number }] {
  if (seconds < 120) return ['problem.wait', { count: seconds }]
  if (seconds < 7200) return ['problem.wait_minutes', { count: Math.ceil(seconds / 60) }]
  return ['problem.wait_hours', { count: Math.ceil(seconds / 3600) }]
}

// A problem in a sentence, by its code; the server's own words where there is none for it.
export function useProblemText(): (problem: Problem) => string {
  const { t, problem: known } = useTranslation()
  return (problem) => {
    if (problem.status === 0) return t('problem.offline')
    if (problem.code === 'too_many_requests' && problem.retryAfter)
      return t(...waitText(problem.retryAfter))
    if (problem.code === 'plan_limit_reached' && problem.body.feature === 'free_orgs.max')
      return t('limit.free_orgs')
    return known(problem.code) ?? (problem.message || t('problem.unknown'))
  }
}
