import { createFileRoute } from '@tanstack/react-router'

import { PlatformIsolationPage } from '@/features/platform/isolation_page'

export const Route = createFileRoute('/_app/platform/isolation')({
  validateSearch: (search): { state?: 'exposed' } =>
    search.state === 'exposed' ? { state: 'exposed' } : {},
  component: Page,
})

function Page() {
  const { state } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <PlatformIsolationPage
      exposed={state === 'exposed'}
      filter={(exposed) => void navigate({ search: exposed ? { state: 'exposed' } : {} })}
    />
  )
}
