import { sized } from '@/quantity'

import type { Change } from './detail'

// Both sides of a change of CPU or memory, in one unit; null where it is a change of something else.
export function quantities({ field, before, after }: Change, locale: string): [string | null, string | null] | null {
  const what = /(?:^|\.)(cpu|memory)\.(?:limit|request)$/.exec(field)?.[1]
  if (what !== 'cpu' && what !== 'memory') return null
  const texts = [before, after].map((one) => (typeof one === 'string' ? one : null))
  const [was = null, is = null] = sized(what, texts, locale)
  return [was, is]
}
