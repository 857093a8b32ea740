/** One server-sent event; `data` lines are joined by newlines. */
export interface ServerEvent {
  readonly id: string | undefined
  readonly name: string
  readonly data: string
}

/**
 * Cuts a `text/event-stream` (WHATWG HTML, server-sent events) into events, whatever the pieces it comes in.
 * Comments (the hub's heartbeat) are passed over. Our own because `EventSource` hides 401 and 429.
 */
export class EventReader {
  #rest = ''

  read(text: string): readonly ServerEvent[] {
    const blocks = (this.#rest + text).replace(/\r\n/g, '\n').split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.map(parseBlock).filter((event) => event !== undefined)
  }
}

function parseBlock(block: string): ServerEvent | undefined {
  let id: string | undefined
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const cut = line.indexOf(':')
    const field = cut < 0 ? line : line.slice(0, cut)
    const value = cut < 0 ? '' : line.slice(cut + 1).replace(/^ /, '')
    if (field === 'id') id = value
    else if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { id, name, data: data.join('\n') }
}
