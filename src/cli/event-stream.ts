/** One server-sent event; `data` lines are joined by newlines. */
export interface ServerEvent {
  readonly id: string | undefined
  readonly name: string
  readonly data: string
}

/** Reads `text/event-stream` (WHATWG HTML, server-sent events) until the answer ends. Comments are passed over. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of response.body) {
    rest += decoder.decode(chunk as Uint8Array, { stream: true })
    const blocks = rest.split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = parseBlock(block)
      if (event !== undefined) yield event
    }
  }
}

function parseBlock(block: string): ServerEvent | undefined {
  let id: string | undefined
  let name = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const cut = line.indexOf(':')
    const field = cut < 0 ? line : line.slice(0, cut)
    const value = cut < 0 ? '' : line.slice(cut + 1).replace(/^ /, '')
    if (field === 'id') id = value
    else if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { id, name, data: data.join('\n') }
}
