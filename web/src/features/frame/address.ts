// The same page of the organization at the name that it has now.
export function atName(href: string, slug: string): string {
  return href.replace(/^\/o\/[^/?#]+/, `/o/${slug}`)
}

// The same page of the team at the name that it has now.
export function atTeam(href: string, slug: string): string {
  return href.replace(/^(\/o\/[^/?#]+\/t\/)[^/?#]+/, `$1${slug}`)
}
