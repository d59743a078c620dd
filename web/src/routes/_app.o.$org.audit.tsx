import { createFileRoute } from '@tanstack/react-router'

import { AuditPage } from '@/features/audit/audit_page'
import { badFilters, filtersFrom } from '@/features/audit/filters'

export const Route = createFileRoute('/_app/o/$org/audit')({
  validateSearch: filtersFrom,
  component: Page,
})

function Page() {
  const { org } = Route.useParams()
  // With what the address has besides, which the router leaves in.
  const search: Record<string, unknown> = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <AuditPage
      org={org}
      filters={filtersFrom(search)}
      bad={badFilters(search)}
      narrow={(to) => void navigate({ search: to })}
    />
  )
}
