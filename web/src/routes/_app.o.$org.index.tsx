import { createFileRoute } from '@tanstack/react-router'

import { OverviewPage } from '@/features/org/overview_page'

export const Route = createFileRoute('/_app/o/$org/')({ component: Page })

function Page() {
  const { org } = Route.useParams()
  return <OverviewPage org={org} />
}
