import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Pill } from '@/components/pill'
import { Time } from '@/components/time'

export type Right = Pick<
  Schemas['ReviewRow'],
  'role' | 'scope' | 'team_name' | 'since' | 'granted_by' | 'last_active' | 'inactive'
>

export function GrantedBy({ of }: { of: Schemas['Grant'] }) {
  const { t } = useTranslation()
  return of.kind === 'member' ? (of.name ?? t('grant.former_member')) : t(`grant.${of.kind}`)
}

// What it is: a role, and where.
export function RightName({ of }: { of: Right }) {
  const { t } = useTranslation()
  return (
    <>
      {t(`role.${of.role}`)}
      {of.scope === 'team' ? (
        <span className="block wrap-anywhere text-soft">
          {t('access.place_team', { team: of.team_name ?? '' })}
        </span>
      ) : null}
    </>
  )
}

// Since when, and by whom.
export function RightGiven({ of }: { of: Right }) {
  const { t } = useTranslation()
  return (
    <>
      <Time at={of.since} />
      <span className="block text-xs wrap-anywhere text-soft">
        {t('access.given_by')}: <GrantedBy of={of.granted_by} />
      </span>
    </>
  )
}

export function LastActive({ of }: { of: Right }) {
  const { t } = useTranslation()
  return (
    <span className="flex flex-wrap items-center gap-2">
      {of.last_active ? (
        <Time at={of.last_active} about />
      ) : (
        <span className="text-soft">{t('people.never')}</span>
      )}
      {of.inactive ? <Pill tone="warn">{t('access.inactive')}</Pill> : null}
    </span>
  )
}

export function ReviewPlace({ of }: { of: Pick<Schemas['AccessReview'], 'scope' | 'team_name'> }) {
  const { t } = useTranslation()
  return of.scope === 'team'
    ? t('access.place_team', { team: of.team_name ?? '' })
    : t('access.place_organization')
}
