import { createFileRoute } from '@tanstack/react-router'

import { TeamMembers } from '@/features/teams/members'
import { TeamPage } from '@/features/teams/team_page'

export const Route = createFileRoute('/_app/o/$org/t/$team/people')({
  validateSearch: (search): { name?: string } =>
    typeof search.name === 'string' && search.name ? { name: search.name } : {},
  component: Page,
})

function Page() {
  const { org, team } = Route.useParams()
  const { name = '' } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <TeamPage org={org} team={team} key={team}>
      {({ body }) => (
        <TeamMembers
          org={org}
          team={body}
          name={name}
          search={(to) => void navigate({ search: to ? { name: to } : {}, replace: true })}
        />
      )}
    </TeamPage>
  )
}
