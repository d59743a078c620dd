// Where to go after signing in: one of our own pages, by its bytes, or the start. Only what begins as
// a page does, so neither another site, nor the API, nor the way back here.
export function ownPath(to: unknown): string {
  const own = /^\/(o\/|orgs|account|platform)[A-Za-z0-9\-._~/?=&%]*$/
  return typeof to === 'string' && own.test(to) && !to.includes('/.') ? to : '/'
}
