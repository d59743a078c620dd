import { useTranslation } from '@/i18n'

// What the log calls the deeds in an organization; the words for them are in the dictionaries.
const actions = [
  'apikeys:manage', 'audit:read', 'billing:manage', 'billing:read', 'deployments:create', 'deployments:delete',
  'deployments:exec', 'deployments:read', 'deployments:restart', 'deployments:rollback', 'deployments:update',
  'entitlements:override', 'invitation:answer', 'invitations:manage', 'invitations:read', 'logs:read',
  'members:manage', 'members:read', 'metrics:read', 'org:delete', 'org:export', 'org:found', 'org:purge',
  'org:read', 'org:transfer', 'org:update', 'orgs:appoint_owner', 'orgs:set_plan', 'orgs:suspend',
  'secrets:read', 'secrets:write', 'support:ask', 'support:enter', 'team:read', 'team:update', 'teams:create',
  'teams:delete', 'teams:list', 'teams:update', 'templates:read', 'templates:write',
]
const kinds = [
  'access_export', 'access_review', 'audit_export', 'deployment', 'invitation', 'member', 'organization',
  'ownership_offer', 'team',
]

// What is in the log in words; by its own name where there are none.
export function useWords() {
  const { find, language } = useTranslation()
  const action = (name: string) => find(`act.${name}`) ?? name
  const kind = (name: string) => find(`kind.${name}`) ?? name
  const field = (name: string) => find(`told.${name}`) ?? name
  // To choose from, in the order of the words; with those of the page that are not among them.
  const choices = (known: readonly string[], seen: readonly string[], said: (name: string) => string) =>
    [...new Set([...known, ...seen])]
      .map((value) => ({ value, text: said(value) }))
      .sort((a, b) => a.text.localeCompare(b.text, language))
  return {
    action,
    kind,
    field,
    actions: (seen: readonly string[]) => choices(actions, seen, action),
    kinds: (seen: readonly string[]) => choices(kinds, seen, kind),
  }
}
