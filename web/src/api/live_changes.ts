import type { Reply, Schemas } from './client'
import type { StreamEvent } from './events'
import { me, queries } from './queries'

type Deployment = Schemas['Deployment']
export type DeploymentChange = Schemas['DeploymentEvent']

// A team's deployments as far as they are read; `whole`: there are no more.
export interface DeploymentsRead {
  items: Deployment[]
  whole: boolean
}

export const deploymentsKey = (org: string, team?: string) =>
  team === undefined ? ['org', org, 'deployments'] : ['org', org, 'deployments', team]
export const deploymentKey = (org: string, team: string, name: string) => [
  'org', org, 'deployment', team, name,
]

const gone = (change: DeploymentChange): change is { id: string; deleted: true } => 'deleted' in change

// The same object where it does not have the deployment, so that nothing is drawn anew.
export function withChange(list: DeploymentsRead, change: DeploymentChange): DeploymentsRead {
  if (!list.items.some((one) => one.id === change.id)) return list
  return {
    ...list,
    items: gone(change)
      ? list.items.filter((one) => one.id !== change.id)
      : list.items.map((one) => (one.id === change.id ? change : one)),
  }
}

// null: to be read again. What is wanted has another version then, and an event does not tell it.
export function oneWithChange(
  reply: Reply<Deployment>,
  change: DeploymentChange,
): Reply<Deployment> | null {
  if (reply.body.id !== change.id) return reply
  if (gone(change)) return null
  const same =
    change.revision === reply.body.revision && change.updated_at === reply.body.updated_at
  return same ? { ...reply, body: change } : null
}

// Queries whose answer was on its way when something changed: it may be older than the change, and
// would undo it. They are asked once more when it is there; not at once, for where much changes they
// would never get to an answer.
const late = new Set<string>()
queries.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual) return
  const { queryHash, queryKey } = event.query
  if (late.delete(queryHash)) void queries.invalidateQueries({ queryKey, exact: true })
})

function underWay(queryKey: readonly unknown[]) {
  for (const query of queries.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching' }))
    late.add(query.queryHash)
}

// Deployments that no list has: of teams that are not looked at. Each is asked for once.
const foreign = new Set<string>()

function deploymentChanged(org: string, change: DeploymentChange) {
  underWay(deploymentsKey(org))
  underWay(['org', org, 'deployment'])
  let listed = false
  let resized = false
  queries.setQueriesData<DeploymentsRead>({ queryKey: deploymentsKey(org) }, (list) => {
    if (!list) return list
    const changed = withChange(list, change)
    listed ||= changed !== list
    // With another revision it may take more of the plan, or less.
    resized ||= !gone(change) && list.items.some((one) => one.id === change.id && one.revision !== change.revision)
    return changed
  })
  for (const query of queries.getQueryCache().findAll({ queryKey: ['org', org, 'deployment'] })) {
    const reply = query.state.data as Reply<Deployment> | undefined
    if (!reply) continue
    const changed = oneWithChange(reply, change)
    if (changed === null) void queries.invalidateQueries({ queryKey: query.queryKey })
    else if (changed !== reply) query.setData(changed)
  }
  const isNew = !listed && !gone(change) && !foreign.has(change.id)
  if (isNew) {
    foreign.add(change.id)
    void queries.invalidateQueries({ queryKey: deploymentsKey(org) })
  }
  if (isNew || resized || gone(change)) void queries.invalidateQueries({ queryKey: ['org', org, 'usage'] })
}

export function arrived(org: string, { event, data }: StreamEvent) {
  if (event === 'deployment.updated') deploymentChanged(org, JSON.parse(data) as DeploymentChange)
  else if (event === 'invitation.updated') {
    void queries.invalidateQueries({ queryKey: ['org', org, 'invitations'] })
    // One that waits holds a seat.
    void queries.invalidateQueries({ queryKey: ['org', org, 'usage'] })
  }
  else if (event === 'reset') void queries.invalidateQueries({ queryKey: ['org', org] })
}

// Reads again what was read before the stream told of changes.
export function caughtUp(org: string) {
  underWay(deploymentsKey(org))
  underWay(['org', org, 'deployment'])
  void queries.invalidateQueries({ queryKey: deploymentsKey(org) })
  void queries.invalidateQueries({ queryKey: ['org', org, 'deployment'] })
}

const drawnMs = 100

// The organization first, and what it shows when that is drawn: a page that the new role is not for has gone
// by then, and asks for nothing that would be refused.
export async function rightsChanged(org: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: me.queryKey }),
    queries.invalidateQueries({ queryKey: ['org', org], exact: true }),
  ])
  await new Promise((drawn) => setTimeout(drawn, drawnMs))
  await queries.invalidateQueries({ queryKey: ['org', org], predicate: ({ queryKey }) => queryKey.length > 2 })
}
