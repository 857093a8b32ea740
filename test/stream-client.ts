import { get, type IncomingMessage } from 'node:http'
import { constants, createGunzip } from 'node:zlib'

export interface HeardEvent {
  readonly id: string | undefined
  readonly name: string
  readonly data: unknown
}

/** A reader of a live stream over a socket of its own, as a browser would be. */
export interface StreamClient {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly events: HeardEvent[]
  readonly comments: string[]
  readonly hasEnded: boolean
  /** Bytes of the body as they came over the wire. */
  readonly bytes: number
  /** The first event (after `from`) that fits; rejects when the stream ends before. */
  until(fits: (event: HeardEvent) => boolean): Promise<HeardEvent>
  ended(): Promise<void>
  /** Until all that a condition needs has come. */
  when(isTrue: () => boolean): Promise<void>
  pause(): void
  resume(): void
  close(): void
}

export function openStream(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<StreamClient> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => resolve(clientOf(response)))
    request.on('error', reject)
  })
}

function clientOf(response: IncomingMessage): StreamClient {
  const events: HeardEvent[] = []
  const comments: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let bytes = 0
  let hasEnded = false
  const wake = (): void => {
    for (const look of waiting) look()
  }
  const take = (text: string): void => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith(':')) comments.push(block)
      else events.push(eventOf(block))
    }
    wake()
  }
  const end = (): void => {
    hasEnded = true
    wake()
  }
  response.on('data', (chunk: Buffer) => (bytes += chunk.length))
  const isZipped = response.headers['content-encoding'] === 'gzip'
  const text = isZipped
    ? response.pipe(
        createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }),
      )
    : response
  text.setEncoding('utf8')
  text.on('data', take)
  response.on('close', end)
  response.on('error', end)
  const when = (isTrue: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isTrue() && !hasEnded) return
        waiting.delete(look)
        if (isTrue()) resolve()
        else reject(new Error('the stream ended'))
      }
      waiting.add(look)
      look()
    })
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments,
    get hasEnded() {
      return hasEnded
    },
    get bytes() {
      return bytes
    },
    when,
    until: async (fits) => {
      await when(() => events.some(fits))
      return events.find(fits) as HeardEvent
    },
    ended: () => when(() => hasEnded),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void response.destroy(),
  }
}

function eventOf(block: string): HeardEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  return { id: field('id'), name: field('event') ?? '', data: JSON.parse(field('data') ?? 'null') }
}
