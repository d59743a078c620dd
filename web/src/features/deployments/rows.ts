import type { Schemas } from '@/api/client'

type Deployment = Schemas['Deployment']
export type Phase = Schemas['Phase']

// In the order in which somebody has to look at them.
export const phases: readonly Phase[] = [
  'Error', 'Degraded', 'Pending', 'Provisioning', 'Updating', 'Ready', 'Stopped', 'Deleting',
]
export const sorts = ['name', 'phase', 'changed'] as const
export type Sort = (typeof sorts)[number]
export const pageSize = 50

// What of a team's deployments is shown, as it stands in the address.
export interface View {
  name?: string
  phase?: Phase
  sort?: Sort
  down?: boolean
  page?: number
}

// undefined takes a part of it away.
export type ViewChange = { [K in keyof View]?: View[K] | undefined }

export function viewOf(search: Record<string, unknown>): View {
  const page = Number(search.page)
  return {
    ...(typeof search.name === 'string' && search.name ? { name: search.name } : {}),
    ...(phases.includes(search.phase as Phase) ? { phase: search.phase as Phase } : {}),
    ...(sorts.includes(search.sort as Sort) && search.sort !== 'name'
      ? { sort: search.sort as Sort }
      : {}),
    ...(search.down === true ? { down: true } : {}),
    ...(Number.isInteger(page) && page > 1 ? { page } : {}),
  }
}

const orders: Record<Sort, (a: Deployment, b: Deployment) => number> = {
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  phase: (a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase) || orders.name(a, b),
  // The newest first.
  changed: (a, b) => (a.updated_at > b.updated_at ? -1 : a.updated_at < b.updated_at ? 1 : 0),
}

export interface Shown {
  rows: Deployment[]
  // How many there are on all pages.
  total: number
  page: number
  pages: number
}

export function shown(items: readonly Deployment[], view: View): Shown {
  const part = (view.name ?? '').trim().toLowerCase()
  const found = items.filter(
    (one) => one.name.includes(part) && (view.phase === undefined || one.phase === view.phase),
  )
  found.sort(orders[view.sort ?? 'name'])
  if (view.down) found.reverse()
  const pages = Math.max(1, Math.ceil(found.length / pageSize))
  // A page that is not there any more is the last one.
  const page = Math.min(view.page ?? 1, pages)
  return {
    rows: found.slice((page - 1) * pageSize, page * pageSize),
    total: found.length,
    page,
    pages,
  }
}
