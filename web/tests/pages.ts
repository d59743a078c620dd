// Every page there is, for the tests that go through all of them. In the organization `web` runs.
export const ofOrganization = [
  '',
  '/teams',
  '/people',
  '/people?tab=invitations',
  '/people?tab=removed',
  '/usage',
  '/access-review',
  '/audit',
  '/isolation',
  '/settings',
  '/t/default',
  '/t/default/new',
  '/t/default/new?template=nginx',
  '/t/default/new?template=postgresql',
  '/t/default/new?image=true',
  '/t/default/people',
  '/t/default/access-review',
  '/t/default/settings',
  '/t/default/d/web',
  '/t/default/d/web?tab=settings',
] as const
export const ofPerson = ['/orgs', '/account'] as const
export const ofPlatform = ['/platform', '/platform/plans', '/platform/isolation', '/platform/cluster'] as const
export const ofNobody = [
  '/login',
  '/signup',
  '/forgot',
  '/verify#x',
  '/reset#x',
  '/address#x',
  '/address/restore#x',
  '/setup#x',
  '/invitation#x',
] as const
