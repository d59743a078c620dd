import { createFileRoute } from '@tanstack/react-router'

import { OrganizationsPage } from '@/features/org/organizations_page'

export const Route = createFileRoute('/_app/orgs')({ component: OrganizationsPage })
