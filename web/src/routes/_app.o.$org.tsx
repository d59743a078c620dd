import { createFileRoute, Outlet } from '@tanstack/react-router'

import { OrgFrame } from '@/features/frame/org_frame'

export const Route = createFileRoute('/_app/o/$org')({ component: Page })

function Page() {
  const { org } = Route.useParams()
  return (
    <OrgFrame org={org} key={org}>
      <Outlet />
    </OrgFrame>
  )
}
