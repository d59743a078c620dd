import { createFileRoute } from '@tanstack/react-router'

import { TeamAccess } from '@/features/teams/access'
import { TeamPage } from '@/features/teams/team_page'

export const Route = createFileRoute('/_app/o/$org/t/$team/access-review')({
  validateSearch: (search): { show?: 'inactive' } =>
    search.show === 'inactive' ? { show: 'inactive' } : {},
  component: Page,
})

function Page() {
  const { org, team } = Route.useParams()
  const { show } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <TeamPage org={org} team={team} key={team}>
      {({ body }) => (
        <TeamAccess
          org={org}
          of={body}
          inactive={show === 'inactive'}
          filter={(inactive) => void navigate({ search: inactive ? { show: 'inactive' } : {} })}
        />
      )}
    </TeamPage>
  )
}
