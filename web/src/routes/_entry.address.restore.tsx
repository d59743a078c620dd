import { createFileRoute } from '@tanstack/react-router'

import { RestorePage } from '@/features/entry/restore_page'

export const Route = createFileRoute('/_entry/address/restore')({ component: RestorePage })
