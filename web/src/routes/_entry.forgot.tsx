import { createFileRoute } from '@tanstack/react-router'

import { ForgotPage } from '@/features/entry/forgot_page'

export const Route = createFileRoute('/_entry/forgot')({ component: ForgotPage })
