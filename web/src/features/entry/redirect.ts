// Where to go after signing in: one of our own pages, by its bytes, or the start. Anything that a
// browser could take for another site, or that leads back here, is not one.
export function ownPath(to: unknown): string {
  if (typeof to !== 'string' || !/^\/[A-Za-z0-9\-._~/?=&%]*$/.test(to)) return '/'
  if (to.startsWith('//') || to.includes('/.') || to.startsWith('/api/')) return '/'
  return /^\/(o\/|orgs|account)/.test(to) ? to : '/'
}
