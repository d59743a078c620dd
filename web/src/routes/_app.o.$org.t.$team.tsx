import { createFileRoute, Outlet } from '@tanstack/react-router'

import { NotFoundHere } from '@/components/not_found'
import { TeamPlace } from '@/features/teams/team_place'

export const Route = createFileRoute('/_app/o/$org/t/$team')({ component: Place, notFoundComponent: NotFoundHere })

function Place() {
  const { org, team } = Route.useParams()
  return (
    <TeamPlace org={org} team={team}>
      <Outlet />
    </TeamPlace>
  )
}
