import { createFileRoute } from '@tanstack/react-router'

import { MemberPage } from '@/features/member/member_page'

export const Route = createFileRoute('/_app/o/$org/people_/$user')({ component: Page })

function Page() {
  const { org, user } = Route.useParams()
  return <MemberPage org={org} user={user} key={user} />
}
