import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'

export function ActorName({ of }: { of: Schemas['AuditRow']['actor'] }) {
  const { t } = useTranslation()
  if (of.kind === 'system') return t('audit.system')
  if (of.kind === 'anonymous') return t('audit.anonymous')
  return of.name ?? <span className="text-soft">{t('audit.somebody')}</span>
}
