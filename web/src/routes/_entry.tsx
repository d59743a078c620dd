import { createFileRoute, Outlet } from '@tanstack/react-router'

import { EntryFrame } from '@/features/entry/frame'

export const Route = createFileRoute('/_entry')({
  component: () => (
    <EntryFrame>
      <Outlet />
    </EntryFrame>
  ),
})
