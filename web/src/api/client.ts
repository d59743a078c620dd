import type { paths, components } from './made/contract'

export type Schemas = components['schemas']

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete'
// Addresses that have the verb.
type PathOf<V extends Verb> = {
  [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }> ? P : never
}[keyof paths]
type Operation<P extends keyof paths, V extends Verb> = V extends keyof paths[P]
  ? paths[P][V]
  : never

type Content<R> = R extends { content: { 'application/json': infer B } } ? B : undefined
type Good = 200 | 201 | 202 | 204
type Answer<O> = O extends { responses: infer R }
  ? Content<R[keyof R & Good]>
  : never
type Sent<R> = [R] extends [never]
  ? undefined
  : R extends { content: { 'application/json': infer B } }
    ? B
    : undefined
// Where a body is optional too.
type Body<O> = O extends { requestBody?: infer R } ? Sent<Exclude<R, undefined>> : undefined
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never

interface Options<O> {
  params?: Record<string, string>
  query?: Query<O>
  body?: Body<O>
  // The version that the change was made for.
  etag?: string | null
  // One a form: sent twice, it is done once.
  once?: string
  signal?: AbortSignal
}

export interface Fault {
  pointer: string
  message: string
}

// What the server said in place of an answer, or that it said nothing.
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly faults: Fault[]
  readonly traceId: string | null
  readonly body: Record<string, unknown>
  readonly retryAfter: number | null

  constructor(status: number, body: Record<string, unknown>, retryAfter: number | null = null) {
    super(typeof body.detail === 'string' ? body.detail : String(body.title ?? ''))
    this.name = 'Problem'
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : status === 0 ? 'offline' : 'unknown'
    this.faults = Array.isArray(body.errors) ? (body.errors as Fault[]) : []
    this.traceId = typeof body.trace_id === 'string' ? body.trace_id : null
    this.body = body
    this.retryAfter = retryAfter
  }
}

export interface Reply<T> {
  body: T
  etag: string | null
}

function address(path: string, params: Record<string, string>, query: unknown): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  return search.size > 0 ? `${filled}?${search}` : filled
}

let ended: () => void = () => undefined

// `act` runs when an answer says that nobody is signed in any more.
export function whenSessionEnds(act: () => void) {
  ended = act
}
export const sessionEnded = () => ended()

let missing: (org: string | null) => void = () => undefined

// `act` runs when something below an organization is not there or refused to one's role, told how the
// organization was called: it may have another short name by now, under which all of it is, and one's role
// there may be another, or none. null: it was something of the installation.
export function whenMissing(act: (org: string | null) => void) {
  missing = act
}

// Whether an answer may mean that what is known of one's place is old.
function tellMissing(problem: Problem, path: string, org: string | undefined) {
  if (problem.status !== 404 && problem.code !== 'permission_denied') return
  if (path.startsWith('/api/v1/platform/')) missing(null)
  else if (org && path !== '/api/v1/orgs/{org}') missing(org)
}

const HELD_BACK_MS = 30_000

// What is being ended from here, by the parameters of its paths.
const ending = new Set<{ of: Record<string, readonly string[]>; lifted: Promise<void> }>()

// Nothing of it is read while it is being ended: an answer could only be that it is gone. Gives what lifts
// that; what waited is asked for then, if somebody still wants it.
export function holdBack(of: Record<string, readonly string[]>): () => void {
  let resolve: () => void = () => undefined
  const one = { of, lifted: new Promise<void>((done) => (resolve = done)) }
  const lift = () => {
    clearTimeout(latest)
    ending.delete(one)
    resolve()
  }
  // An answer that never comes holds back nothing for ever.
  const latest = setTimeout(lift, HELD_BACK_MS)
  ending.add(one)
  return lift
}

// Ends as soon as nobody wants the answer any more.
function given(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function notEnding(params: Record<string, string>, signal: AbortSignal | undefined) {
  for (const { of, lifted } of ending)
    if (Object.entries(of).every(([name, values]) => values.includes(params[name] ?? '')))
      await Promise.race([lifted, given(signal)])
  signal?.throwIfAborted()
}

// One call of the contract. Throws a Problem for everything but success.
export async function ask<V extends Verb, P extends PathOf<V>>(
  verb: V,
  path: P,
  options: Options<Operation<P, V>> = {},
): Promise<Reply<Answer<Operation<P, V>>>> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  if (options.etag) headers['If-Match'] = options.etag
  if (options.once) headers['Idempotency-Key'] = options.once
  if (verb === 'get' && ending.size > 0) await notEnding(options.params ?? {}, options.signal)
  let response: Response
  try {
    response = await fetch(address(path, options.params ?? {}, options.query), {
      method: verb.toUpperCase(),
      headers,
      credentials: 'same-origin',
      ...(options.body !== undefined ? { body: JSON.stringify(options.body) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new Problem(0, {})
  }
  const text = await response.text()
  let body: unknown
  try {
    body = text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new Problem(response.status, {})
  }
  if (!response.ok) {
    const wait = Number(response.headers.get('Retry-After') ?? '')
    const problem = new Problem(
      response.status,
      (body ?? {}) as Record<string, unknown>,
      Number.isFinite(wait) && wait > 0 ? wait : null,
    )
    // Asking who is signed in is no use of a session.
    if (problem.code === 'unauthenticated' && path !== '/api/v1/me') ended()
    tellMissing(problem, path, options.params?.org)
    throw problem
  }
  return { body: body as Answer<Operation<P, V>>, etag: response.headers.get('ETag') }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(-1, { title: String(error) })
}
