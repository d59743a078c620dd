import { Link } from '@tanstack/react-router'

import type { Schemas } from '@/api/client'
import { Cell, Head } from '@/components/table'
import { useTranslation } from '@/i18n'

// What every list of teams says of one.
export function TeamCells({ org, of }: { org: string; of: Schemas['Team'] }) {
  const { t } = useTranslation()
  return (
    <>
      <Head>
        <Link to="/o/$org/t/$team" params={{ org, team: of.slug }} className="link font-medium wrap-anywhere">
          {of.name}
        </Link>
        <span className="block font-mono text-xs break-all text-soft">{of.slug}</span>
      </Head>
      <Cell label={t('teams.purpose')}>
        {of.description ? (
          <span className="line-clamp-2 wrap-anywhere">{of.description}</span>
        ) : (
          <span className="text-soft lg:whitespace-nowrap">{t('teams.no_purpose')}</span>
        )}
      </Cell>
      <Cell label={t('teams.role')}>
        {of.role ? (
          <span className="lg:whitespace-nowrap">{t(`role.${of.role}`)}</span>
        ) : (
          <span className="text-soft lg:whitespace-nowrap">{t('teams.none')}</span>
        )}
      </Cell>
    </>
  )
}
