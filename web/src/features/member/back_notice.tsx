import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Notice } from '@/components/notice'

export function BackNotice({ of }: { of: Schemas['Reinstated'] }) {
  const { t } = useTranslation()
  return (
    <Notice tone="good" role="status">
      <p>{t('member.back', { name: of.member.user.name })}</p>
      {of.left_out.length > 0 ? (
        <p>
          {t('member.back_without', { teams: of.left_out.map((one) => one.team_name).join(', ') })}
        </p>
      ) : null}
    </Notice>
  )
}
