import { createFileRoute } from '@tanstack/react-router'

import { PeoplePage, type PeopleTab } from '@/features/people/people_page'
import { states, type State } from '@/features/people/states'

interface Search {
  tab?: Exclude<PeopleTab, 'members'>
  name?: string
  state?: State
}

export const Route = createFileRoute('/_app/o/$org/people')({
  validateSearch: (search): Search => ({
    ...(search.tab === 'invitations' || search.tab === 'removed' ? { tab: search.tab } : {}),
    ...(typeof search.name === 'string' && search.name ? { name: search.name } : {}),
    ...(states.includes(search.state as State) && search.state !== 'pending'
      ? { state: search.state as State }
      : {}),
  }),
  component: Page,
})

function Page() {
  const { org } = Route.useParams()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <PeoplePage
      org={org}
      tab={search.tab ?? 'members'}
      name={search.name ?? ''}
      state={search.state ?? 'pending'}
      show={(tab) => void navigate({ search: tab === 'members' ? {} : { tab } })}
      filter={(change) =>
        void navigate({
          search: (before) => ({ ...before, ...change }),
          replace: true,
        })
      }
    />
  )
}
