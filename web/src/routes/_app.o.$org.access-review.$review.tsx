import { createFileRoute } from '@tanstack/react-router'

import { ReviewPage } from '@/features/access/review_page'

export const Route = createFileRoute('/_app/o/$org/access-review/$review')({ component: Page })

function Page() {
  const { org, review } = Route.useParams()
  return <ReviewPage org={org} review={review} key={review} />
}
