import { createFileRoute } from '@tanstack/react-router'

import { InvitationPage } from '@/features/entry/invitation_page'

export const Route = createFileRoute('/_entry/invitation')({ component: InvitationPage })
