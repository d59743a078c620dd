// Server-sent events out of the pieces that a stream comes in (WHATWG, HTML, 9.2.6). What the server
// does not use is not here: `retry`, and a name of an event that is kept for the next.
export interface StreamEvent {
  event: string
  id: string | null
  data: string
}

// Takes the next piece, gives the events that are whole with it. Comments are nothing but a sign of life.
export function eventReader(): (piece: string) => StreamEvent[] {
  let rest = ''
  let event = ''
  let id: string | null = null
  let data: string[] = []
  return (piece) => {
    const found: StreamEvent[] = []
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) found.push({ event: event || 'message', id, data: data.join('\n') })
        event = ''
        data = []
        continue
      }
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'event') event = value
      else if (field === 'id') id = value
      else if (field === 'data') data.push(value)
    }
    return found
  }
}
