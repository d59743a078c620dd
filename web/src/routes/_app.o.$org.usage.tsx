import { createFileRoute } from '@tanstack/react-router'

import { UsagePage } from '@/features/org/usage_page'

export const Route = createFileRoute('/_app/o/$org/usage')({ component: Page })

function Page() {
  const { org } = Route.useParams()
  return <UsagePage org={org} />
}
