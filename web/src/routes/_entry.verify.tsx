import { createFileRoute } from '@tanstack/react-router'

import { VerifyPage } from '@/features/entry/verify_page'

export const Route = createFileRoute('/_entry/verify')({ component: VerifyPage })
