import { createFileRoute } from '@tanstack/react-router'

import { SettingsPage } from '@/features/org/settings_page'

export const Route = createFileRoute('/_app/o/$org/settings')({ component: Page })

function Page() {
  const { org } = Route.useParams()
  return <SettingsPage org={org} />
}
