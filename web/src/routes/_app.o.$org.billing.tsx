import { createFileRoute, redirect } from '@tanstack/react-router'

// Where a refusal by a limit leads: the plan and what it allows stand with what is used.
export const Route = createFileRoute('/_app/o/$org/billing')({
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/o/$org/usage', params, replace: true })
  },
})
