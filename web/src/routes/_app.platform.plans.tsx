import { createFileRoute } from '@tanstack/react-router'

import { PlansPage } from '@/features/platform/plans_page'

export const Route = createFileRoute('/_app/platform/plans')({ component: PlansPage })
