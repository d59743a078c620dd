import { createFileRoute, redirect } from '@tanstack/react-router'

// Where the reminder of the access review leads: who is in the organization, and as what.
export const Route = createFileRoute('/_app/o/$org/access-review')({
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/o/$org/people', params, replace: true })
  },
})
