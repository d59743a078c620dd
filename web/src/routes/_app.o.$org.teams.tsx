import { createFileRoute } from '@tanstack/react-router'

import { TeamsPage } from '@/features/teams/teams_page'

export const Route = createFileRoute('/_app/o/$org/teams')({ component: Page })

function Page() {
  const { org } = Route.useParams()
  return <TeamsPage org={org} />
}
