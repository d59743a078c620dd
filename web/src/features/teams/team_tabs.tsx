import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

const tabs = [
  { to: '/o/$org/t/$team', label: 'deployments.title' },
  { to: '/o/$org/t/$team/people', label: 'team.people' },
  { to: '/o/$org/t/$team/access-review', label: 'nav.access' },
  { to: '/o/$org/t/$team/settings', label: 'team.settings' },
] as const

const tab =
  'inline-flex min-h-10 items-center border-b-2 border-transparent px-1 text-soft hover:text-ink focus-visible:-outline-offset-2 data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink'

// The way between the pages of one team.
export function TeamTabs({ org, team }: { org: string; team: string }) {
  const { t } = useTranslation()
  // On a narrow screen they scroll, and the one that is open may be the last.
  const show = (list: HTMLUListElement | null) =>
    list?.querySelector('[data-status=active]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  return (
    <nav aria-label={t('team.nav')} className="border-b border-line">
      <ul ref={show} className="-mb-px flex gap-x-3 overflow-x-auto sm:gap-x-5 whitespace-nowrap">
        {tabs.map(({ to, label }) => (
          <li key={to}>
            <Link
              to={to}
              params={{ org, team }}
              activeOptions={{ exact: true, includeSearch: false }}
              className={tab}
            >
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
