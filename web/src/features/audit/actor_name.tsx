import type { Schemas } from '@/api/client'
import { useTranslation } from '@/i18n'

import { namelessOf } from './actor'

export function ActorName({ of }: { of: Schemas['AuditRow'] }) {
  const { t } = useTranslation()
  return of.actor.name ?? <span className="text-soft">{t(namelessOf(of))}</span>
}
