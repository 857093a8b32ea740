import { constants, deflateRawSync } from 'node:zlib'
import { isoOf, type Instant } from '../../base/instant.ts'
import type { StreamReset } from '../../wire/api/stream.ts'

/** An event as its bytes, made once for all readers. */
export interface EncodedEvent {
  readonly sequence: number
  readonly kind: StreamKind
  readonly plain: Buffer
  /** The same for readers who take gzip, made when the first of them asks. */
  zipped(): Buffer
}

export type StreamKind = 'objects' | 'changes'

/** Position in the stream: `<boot>-<sequence>`. */
export interface StreamPosition {
  readonly boot: string
  readonly sequence: number
}

export function eventIdOf({ boot, sequence }: StreamPosition): string {
  return `${boot}-${sequence}`
}

export function parseEventId(text: string): StreamPosition | undefined {
  const match = /^([A-Za-z0-9]{1,64})-(\d{1,15})$/.exec(text)
  if (match === null) return undefined
  return { boot: match[1] ?? '', sequence: Number(match[2]) }
}

export function encodeEvent(
  kind: StreamKind,
  position: StreamPosition,
  data: unknown,
): EncodedEvent {
  const plain = Buffer.from(frame(kind, data, position))
  let zipped: Buffer | undefined
  return { sequence: position.sequence, kind, plain, zipped: () => (zipped ??= zip(plain)) }
}

/** `event`, `data` and, where a reader may resume from here, `id`. JSON has no bare newlines, so data is one line. */
function frame(event: string, data: unknown, position: StreamPosition | undefined): string {
  const id = position === undefined ? '' : `id: ${eventIdOf(position)}\n`
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** `isResumePoint` is false when events that the reader missed are still to follow. */
export function helloFrame(position: StreamPosition, now: Instant, isResumePoint: boolean): Buffer {
  const data = { ...position, now: isoOf(now) }
  return Buffer.from(`retry: 2000\n${frame('hello', data, isResumePoint ? position : undefined)}`)
}

export function resetFrame(reason: StreamReset['reason'], position: StreamPosition): Buffer {
  return Buffer.from(frame('reset', { reason } satisfies StreamReset, position))
}

export const HEARTBEAT = Buffer.from(': still here\n\n')

/** Begins a gzip stream (RFC 1952) whose blocks `zip` makes. */
export const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])

/**
 * A piece of a deflate stream that ends on a byte and refers to nothing before it: the same bytes serve every reader, wherever in
 * its own stream it stands.
 */
export function zip(plain: Buffer): Buffer {
  return deflateRawSync(plain, { level: 4, finishFlush: constants.Z_SYNC_FLUSH })
}
