import { createFileRoute } from '@tanstack/react-router'

import { DeploymentPage } from '@/features/deployments/one/deployment_page'

export const Route = createFileRoute('/_app/o/$org/t/$team/d/$name')({
  validateSearch: (search): { tab?: 'settings' } =>
    search.tab === 'settings' ? { tab: 'settings' } : {},
  component: Page,
})

function Page() {
  const { org, team, name } = Route.useParams()
  const { tab } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <DeploymentPage
      key={`${team}/${name}`}
      org={org}
      team={team}
      name={name}
      tab={tab ?? 'overview'}
      show={(to) => void navigate({ search: to === 'settings' ? { tab: to } : {} })}
    />
  )
}
