import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

// The way from the organization to a page of one of its teams.
export function Crumbs({ org, team, name }: { org: string; team?: string; name?: string }) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('deployments.way')}>
      <ol className="flex flex-wrap items-center gap-x-1.5 text-soft">
        <li>
          <Link to="/o/$org/teams" params={{ org }} className="link">
            {t('teams.title')}
          </Link>
        </li>
        {team !== undefined ? (
          <li className="flex min-w-0 gap-1.5">
            <span aria-hidden>{'/'}</span>
            <Link to="/o/$org/t/$team" params={{ org, team }} className="link break-all">
              {name ?? team}
            </Link>
          </li>
        ) : null}
      </ol>
    </nav>
  )
}
