import type { Schemas } from '@/api/client'

type Deployment = Schemas['Deployment']
type Patch = Schemas['DeploymentPatch']

export interface Variable {
  name: string
  value: string
}
// A service as fields of a form: all of it is text.
export interface ServiceDraft {
  image: string
  port: string
  // Which of the next four count: the first, or the other three.
  scaling: 'fixed' | 'auto'
  replicas: string
  min: string
  max: string
  target: string
  cpu: string
  memory: string
  env: Variable[]
  // What cannot be changed: it keeps data on a volume, which one pod alone can use.
  volume: boolean
}
export interface Draft {
  exposure: Deployment['exposure']
  services: Record<string, ServiceDraft>
}

// Where nothing is said yet: the number that there is, up to twice as many.
function scalingOf({ replicas, autoscale }: Schemas['ServiceState']) {
  const least = autoscale?.min ?? Math.max(1, replicas ?? 1)
  return {
    scaling: autoscale ? ('auto' as const) : ('fixed' as const),
    replicas: String(replicas ?? least),
    min: String(least),
    max: String(autoscale?.max ?? Math.min(20, 2 * least)),
    target: String(autoscale?.cpu ?? 70),
  }
}

export function draftOf({ exposure, services }: Pick<Deployment, 'exposure' | 'services'>): Draft {
  return {
    exposure,
    services: Object.fromEntries(
      Object.entries(services).map(([name, one]) => [
        name,
        {
          image: one.image,
          port: one.port === null ? '' : String(one.port),
          ...scalingOf(one),
          cpu: one.resources.limits.cpu,
          memory: one.resources.limits.memory,
          env: Object.entries(one.env).map(([key, value]) => ({ name: key, value })),
          volume: one.has_volume,
        },
      ]),
    ),
  }
}

export const fields = ['image', 'port', 'replicas', 'min', 'max', 'target', 'cpu', 'memory'] as const
// The other way to say how many counts for nothing, whatever stands there.
export const counts = (what: (typeof fields)[number], { scaling }: ServiceDraft) =>
  what === 'replicas' ? scaling !== 'auto' : what === 'min' || what === 'max' || what === 'target' ? scaling === 'auto' : true
export interface Change {
  // null: of the whole deployment.
  service: string | null
  what: 'exposure' | 'variable' | (typeof fields)[number]
  variable: string | null
  // null: it was not there, or is not any more.
  before: string | null
  after: string | null
}

// Whether a line before has the name too: only one of them would be sent.
export function isTwice(env: readonly Variable[], at: number): boolean {
  const name = env[at]?.name.trim() ?? ''
  return name !== '' && env.slice(0, at).some((one) => one.name.trim() === name)
}

const same = (a: string, b: string) => a.trim() === b.trim()
const valuesOf = (env: readonly Variable[]) =>
  new Map(env.flatMap(({ name, value }) => (name.trim() === '' ? [] : [[name.trim(), value]])))

// What is different, in the order of the form.
export function changesOf(before: Draft, after: Draft): Change[] {
  const out: Change[] = []
  if (before.exposure !== after.exposure)
    out.push({ service: null, what: 'exposure', variable: null, before: before.exposure, after: after.exposure })
  for (const [service, now] of Object.entries(after.services)) {
    const was = before.services[service]
    if (!was) continue
    for (const what of fields) {
      const [from, to] = [was, now].map((one) => (counts(what, one) ? one[what] : ''))
      if (from === undefined || to === undefined || same(from, to)) continue
      out.push({ service, what, variable: null, before: from.trim() || null, after: to.trim() || null })
    }
    const old = valuesOf(was.env)
    const fresh = valuesOf(now.env)
    for (const variable of new Set([...old.keys(), ...fresh.keys()])) {
      const [from, to] = [old.get(variable) ?? null, fresh.get(variable) ?? null]
      if (from !== to) out.push({ service, what: 'variable', variable, before: from, after: to })
    }
  }
  return out
}

const number = (text: string | null) => (text === null ? null : Number(text))

// The merge patch that makes these changes and touches nothing else.
export function patchOf(changes: readonly Change[]): Patch {
  const patch: Patch = {}
  const services: NonNullable<Patch['services']> = {}
  for (const { service, what, variable, after } of changes) {
    if (service === null) {
      patch.exposure = after as Draft['exposure']
      continue
    }
    const of = (services[service] ??= {})
    if (what === 'variable') of.env = { ...of.env, [variable ?? '']: after }
    else if (what === 'cpu' || what === 'memory')
      of.resources = { limits: { ...of.resources?.limits, [what]: after } }
    else if (what === 'port') of.port = number(after)
    // Of what does not count any more the other way says enough.
    else if (what === 'replicas') {
      if (after !== null) of.replicas = Number(after)
    } else if (what === 'min' || what === 'max' || what === 'target') {
      if (after !== null) of.autoscale = { ...of.autoscale, [what === 'target' ? 'cpu' : what]: Number(after) }
    }
    else if (what === 'image') of.image = after ?? ''
  }
  return Object.keys(services).length > 0 ? { ...patch, services } : patch
}

const keyOf = ({ service, what, variable }: Change) => JSON.stringify([service, what, variable])

// Those of mine that theirs have changed too: sent again, mine would undo them.
export function clashes(mine: readonly Change[], theirs: readonly Change[]): Change[] {
  const keys = new Set(theirs.map(keyOf))
  return mine.filter((one) => keys.has(keyOf(one)))
}
