import { createFileRoute } from '@tanstack/react-router'

import { IsolationPage } from '@/features/isolation/isolation_page'

export const Route = createFileRoute('/_app/o/$org/isolation')({ component: Page })

function Page() {
  const { org } = Route.useParams()
  return <IsolationPage org={org} />
}
