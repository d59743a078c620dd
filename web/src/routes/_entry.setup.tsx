import { createFileRoute } from '@tanstack/react-router'

import { SetUpPage } from '@/features/entry/set_up_page'

export const Route = createFileRoute('/_entry/setup')({ component: SetUpPage })
