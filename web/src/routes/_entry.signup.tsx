import { createFileRoute } from '@tanstack/react-router'

import { SignUpPage } from '@/features/entry/sign_up_page'

export const Route = createFileRoute('/_entry/signup')({ component: SignUpPage })
