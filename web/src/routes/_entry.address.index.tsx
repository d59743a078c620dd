import { createFileRoute } from '@tanstack/react-router'

import { AddressPage } from '@/features/entry/address_page'

export const Route = createFileRoute('/_entry/address/')({ component: AddressPage })
