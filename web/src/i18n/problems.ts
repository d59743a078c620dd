import { useTranslation } from '.'

import type { Problem } from '@/api/client'

import { toldText } from './told'

// Problems whose detail says more than can be said of all that have the code: what happened, when, how many.
const telling = new Set([
  'content_too_large',
  'invitation_closed',
  'invitation_for_another',
  'offer_closed',
  'org_suspended',
  'team_not_empty',
])

// What the detail of such a problem says, in the page's language; null where it is not known in it.
export function detailText({ code, message }: Pick<Problem, 'code' | 'message'>, language: string): string | null {
  if (!telling.has(code) || message === '') return null
  return language === 'en' ? message : toldText(message)
}

// How long, in the unit in which people say it.
export function waitText(
  seconds: number,
): ['problem.wait' | 'problem.wait_minutes' | 'problem.wait_hours', { count: number }] {
  if (seconds < 120) return ['problem.wait', { count: seconds }]
  if (seconds < 7200) return ['problem.wait_minutes', { count: Math.ceil(seconds / 60) }]
  return ['problem.wait_hours', { count: Math.ceil(seconds / 3600) }]
}

// A problem in a sentence: what its detail says, or what is known of its code; the server's own words where
// there is none for it.
export function useProblemText(): (problem: Problem) => string {
  const { t, problem: known, language } = useTranslation()
  return (problem) => {
    if (problem.status === 0) return t('problem.offline')
    if (problem.code === 'too_many_requests' && problem.retryAfter)
      return t(...waitText(problem.retryAfter))
    if (problem.code === 'plan_limit_reached' && problem.body.feature === 'free_orgs.max')
      return t('limit.free_orgs')
    return detailText(problem, language) ?? known(problem.code) ?? (problem.message || t('problem.unknown'))
  }
}
