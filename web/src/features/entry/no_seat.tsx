import { useTranslation } from '@/i18n'

import type { Problem, Schemas } from '@/api/client'
import { Notice } from '@/components/notice'
import { Time } from '@/components/time'

// Whether the plan of the organization, and nothing about the person, keeps them from joining.
export const isSeatless = (problem: Problem) =>
  problem.code === 'plan_limit_reached' && problem.body.feature === 'members.max'

// For who was invited and can do nothing about the plan: what became of the invitation, and who knows.
export function NoSeat({ of }: { of: Schemas['InvitationLookup'] }) {
  const { t } = useTranslation()
  const organization = of.organization.name
  return (
    <Notice tone="warn" role="alert" title={t('invitation.full', { organization })}>
      <p>{t('invitation.full_text')}</p>
      <p>
        {t('invitation.full_open')} <Time at={of.expires_at} />
      </p>
    </Notice>
  )
}
