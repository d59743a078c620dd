import { createFileRoute } from '@tanstack/react-router'

import { OrgsPage } from '@/features/platform/orgs_page'

export const Route = createFileRoute('/_app/platform/')({
  validateSearch: (search): { name?: string } =>
    typeof search.name === 'string' && search.name ? { name: search.name } : {},
  component: Page,
})

function Page() {
  const { name = '' } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <OrgsPage
      name={name}
      search={(to) => void navigate({ search: to ? { name: to } : {}, replace: true })}
    />
  )
}
