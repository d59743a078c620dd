import type { Schemas } from '@/api/client'
import type { Name } from '@/i18n'

type Row = Schemas['AuditRow']

// What only administrators of the installation bring about in an organization, as the reason why something
// else ended with it.
const byPlatform = new Set<unknown>(['organization_suspended', 'owner_appointed'])

const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}

function isOfPlatform({ action, actor, target, detail }: Row): boolean {
  if (action.startsWith('orgs:')) return true
  const { from, org_role: role, reinstated, reason, state } = record(detail)
  if (byPlatform.has(reason) || byPlatform.has(record(record(detail).after).reason)) return true
  // Whoever comes in by themselves is the one who did it; whom a member lets in again is marked.
  if (action === 'members:manage') return role !== undefined && reinstated !== true && actor.id !== target.id
  // Of older rows: the one who offers takes it back.
  return action === 'org:transfer' && state === 'cancelled' && reason === undefined && actor.id !== from
}

// What somebody is called of whom the log has no name, since they are not in the organization.
export function namelessOf(row: Row): Name {
  if (row.actor.kind === 'system') return 'audit.system'
  if (row.actor.kind === 'anonymous') return 'audit.anonymous'
  if (isOfPlatform(row)) return 'audit.platform'
  return row.action === 'invitation:answer' ? 'audit.invited' : 'audit.former'
}
