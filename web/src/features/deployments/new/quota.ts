import type { Schemas } from '@/api/client'

import { bytes, milliCpu } from '@/quantity'

type Item = Schemas['Usage']['items'][number]

// By feature, in the feature's unit.
export type Takes = Record<string, number>

export interface Line {
  feature: string
  unit: string
  used: number
  takes: number
  limit: number | null
  // null: there is no limit.
  left: number | null
}

// What a deployment of one image takes, where it is scaled with as many replicas as there may be; what cannot be read takes nothing, until the server says so.
export function takesOf(cpu: string, memory: string, replicas: string): Takes {
  const times = /^\d+$/.test(replicas.trim()) ? Number(replicas) : 1
  return {
    'deployments.max': 1,
    'cpu.max': (milliCpu(cpu) ?? 0) * times,
    'memory.max': (bytes(memory) ?? 0) * times,
    'storage.max': 0,
  }
}

export const takesOfTemplate = (of: Schemas['Template']): Takes =>
  Object.fromEntries(of.takes.map(({ feature, amount }) => [feature, amount]))

// What will be left of the plan's features that a deployment takes of, below zero where it does not fit.
export function afterwards(items: readonly Item[], takes: Takes): Line[] {
  return items.flatMap(({ feature, unit, used, limit }) => {
    const taken = takes[feature]
    if (taken === undefined) return []
    return [{ feature, unit, used, takes: taken, limit, left: limit === null ? null : limit - used - taken }]
  })
}

// A feature that is short already keeps out only what takes of it.
export const doesNotFit = ({ left, takes }: Line) => left !== null && left < 0 && takes > 0
