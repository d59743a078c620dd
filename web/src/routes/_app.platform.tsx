import { createFileRoute, Outlet } from '@tanstack/react-router'

import { NotFoundHere } from '@/components/not_found'
import { PlatformFrame } from '@/features/platform/platform_frame'

export const Route = createFileRoute('/_app/platform')({
  component: () => (
    <PlatformFrame>
      <Outlet />
    </PlatformFrame>
  ),
  notFoundComponent: NotFoundHere,
})
