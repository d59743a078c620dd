import { createFileRoute } from '@tanstack/react-router'

import { TeamSettings } from '@/features/teams/settings'
import { TeamPage } from '@/features/teams/team_page'

export const Route = createFileRoute('/_app/o/$org/t/$team/settings')({ component: Page })

function Page() {
  const { org, team } = Route.useParams()
  return (
    <TeamPage org={org} team={team} key={team}>
      {(found) => <TeamSettings org={org} of={found} />}
    </TeamPage>
  )
}
