import { createFileRoute } from '@tanstack/react-router'

import { NewPage } from '@/features/deployments/new/new_page'

export const Route = createFileRoute('/_app/o/$org/t/$team/new')({
  // A template, or an image of one's own; nothing where it is to be chosen.
  validateSearch: (search): { template?: string; image?: true } =>
    typeof search.template === 'string' && search.template
      ? { template: search.template }
      : search.image === true
        ? { image: true }
        : {},
  component: Page,
})

function Page() {
  const { org, team } = Route.useParams()
  const { template, image } = Route.useSearch()
  return <NewPage org={org} team={team} template={template ?? null} image={image === true} />
}
