import { createFileRoute } from '@tanstack/react-router'

import { AccessPage } from '@/features/access/access_page'

export const Route = createFileRoute('/_app/o/$org/access-review/')({
  validateSearch: (search): { show?: 'inactive' } =>
    search.show === 'inactive' ? { show: 'inactive' } : {},
  component: Page,
})

function Page() {
  const { org } = Route.useParams()
  const { show } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <AccessPage
      org={org}
      inactive={show === 'inactive'}
      filter={(inactive) => void navigate({ search: inactive ? { show: 'inactive' } : {} })}
    />
  )
}
