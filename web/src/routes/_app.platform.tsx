import { createFileRoute, Outlet } from '@tanstack/react-router'

import { PlatformFrame } from '@/features/platform/platform_frame'

export const Route = createFileRoute('/_app/platform')({
  component: () => (
    <PlatformFrame>
      <Outlet />
    </PlatformFrame>
  ),
})
