import { createFileRoute } from '@tanstack/react-router'

import { AuditPage } from '@/features/audit/audit_page'
import { filtersFrom } from '@/features/audit/filters'

export const Route = createFileRoute('/_app/o/$org/audit')({
  validateSearch: filtersFrom,
  component: Page,
})

function Page() {
  const { org } = Route.useParams()
  const filters = Route.useSearch()
  const navigate = Route.useNavigate()
  return <AuditPage org={org} filters={filters} narrow={(to) => void navigate({ search: to })} />
}
