import type { Fault } from '@/api/client'

type Table = readonly (readonly [RegExp, string])[]

// Of the language that is spoken; empty where the server's own words do.
let table: Table = []
export function setFaults(to: Table) {
  table = to
}

// What the server says of a fault is English; the table says it in the page's language.
export function faultText(fault: Fault, language: string): string {
  if (language !== 'de')
    return fault.message.charAt(0).toUpperCase() + fault.message.slice(1) + '.'
  for (const [said, german] of table)
    if (said.test(fault.message)) {
      const [whole = ''] = said.exec(fault.message) ?? []
      return whole.replace(said, german)
    }
  return 'Das geht so nicht; bitte prüfen.'
}
