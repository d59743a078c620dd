import type { Schemas } from '@/api/client'
import { Notice } from '@/components/notice'
import { Access } from '@/features/access/access'
import { StartReview } from '@/features/access/start_review'
import { useWhyNot } from '@/features/frame/why_not'

// The rights in one team, for who administers it; nobody else is told of them.
export function TeamAccess({
  org,
  of,
  inactive,
  filter,
}: {
  org: string
  of: Schemas['Team']
  inactive: boolean
  filter: (inactive: boolean) => void
}) {
  const whyNot = useWhyNot(org)
  if (!of.allowed_actions.includes('members:manage'))
    return <Notice tone="warn">{whyNot('team.manage_not')}</Notice>
  return (
    <>
      <div className="flex sm:justify-end">
        <StartReview org={org} team={of.id} may why={null} />
      </div>
      <Access org={org} team={of.id} inactive={inactive} filter={filter} />
    </>
  )
}
