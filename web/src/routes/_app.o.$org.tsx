import { createFileRoute, Outlet } from '@tanstack/react-router'

import { NotFoundHere } from '@/components/not_found'
import { OrgFrame } from '@/features/frame/org_frame'

export const Route = createFileRoute('/_app/o/$org')({ component: Page, notFoundComponent: NotFoundHere })

function Page() {
  const { org } = Route.useParams()
  return (
    <OrgFrame org={org} key={org}>
      <Outlet />
    </OrgFrame>
  )
}
