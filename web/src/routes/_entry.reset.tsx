import { createFileRoute } from '@tanstack/react-router'

import { ResetPage } from '@/features/entry/reset_page'

export const Route = createFileRoute('/_entry/reset')({ component: ResetPage })
