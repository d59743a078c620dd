import { createFileRoute } from '@tanstack/react-router'

import { viewOf } from '@/features/deployments/rows'
import { TeamPage } from '@/features/deployments/team_page'

export const Route = createFileRoute('/_app/o/$org/t/$team/')({
  validateSearch: viewOf,
  component: Page,
})

function Page() {
  const { org, team } = Route.useParams()
  const view = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <TeamPage
      key={team}
      org={org}
      team={team}
      view={view}
      show={(change) =>
        void navigate({
          // Another search begins at its first page.
          search: (before) => viewOf({ ...before, page: undefined, ...change }),
          replace: change.page === undefined,
        })
      }
    />
  )
}
