import { Buffer } from 'node:buffer'

/** One HTTP/1 response, as far as it was read. */
export interface HttpResponse {
  readonly statusLine: string
  readonly status: number
  /** The header lines with the status line, in Latin 1. */
  readonly head: string
  /** What came over the wire, headers and chunk marks included. */
  readonly bytes: number
  /** The beginning of the body, when it was asked for. */
  readonly text: string
  /** The body goes on behind what was read. */
  readonly isCut: boolean
}

export type HttpFault =
  | { readonly kind: 'no-data' }
  | { readonly kind: 'not-http'; readonly line: string }
  | { readonly kind: 'head-too-long' }
  | { readonly kind: 'bad-chunk' }
  | {
      readonly kind: 'ended-early'
      readonly bytes: number
      readonly expectedBytes: number | undefined
    }

export type Reading = 'more' | HttpResponse | HttpFault

export interface ResponseReader {
  /** Never again after an answer other than `more`. */
  feed(chunk: Buffer): Reading
  /** The connection was closed by the other side. */
  end(): Exclude<Reading, 'more'>
}

export function isFault(reading: HttpResponse | HttpFault): reading is HttpFault {
  return 'kind' in reading
}

const HEAD_BYTES_MAX = 65_536
const BODY_BYTES_MAX = 8 * 1024 * 1024
/** What is kept of a body to look for text in. */
const TEXT_BYTES_MAX = 1024 * 1024
const CHUNK_LINE_MAX = 1024
const INTERIM_MAX = 10
const CR_LF_2 = Buffer.from('\r\n\r\n')
const LF_2 = Buffer.from('\n\n')

interface Asked {
  /** A response to HEAD has no body, whatever its headers say. */
  readonly isHead: boolean
  readonly wantsText: boolean
}

/**
 * Reads one response off a socket: a length, chunks or the end of the connection mark its end. Every part is bounded: 64 KiB of
 * headers, 8 MiB of body (then the rest is left unread), 1 KiB of one chunk's mark. Nothing is ever unpacked.
 */
export function createResponseReader(asked: Asked): ResponseReader {
  let head: HeadFound | undefined
  let partialHead: Buffer | undefined
  let body: BodyReader | undefined
  let bytes = 0
  let interims = 0

  const answer = (): HttpResponse => {
    const { statusLine, status, text } = head as HeadFound
    const found = body as BodyReader
    return { statusLine, status, head: text, bytes, text: found.text(), isCut: found.isCut() }
  }
  const readHead = (chunk: Buffer): Reading => {
    const all = partialHead === undefined ? chunk : Buffer.concat([partialHead, chunk])
    const found = findHead(all)
    if (found === 'not-http') return { kind: 'not-http', line: firstLine(all) }
    if (found === undefined || found.bytes > HEAD_BYTES_MAX) {
      partialHead = all
      return all.length > HEAD_BYTES_MAX ? { kind: 'head-too-long' } : 'more'
    }
    partialHead = undefined
    const rest = all.subarray(found.bytes)
    if (found.status >= 100 && found.status < 200 && found.status !== 101) {
      if (++interims > INTERIM_MAX) return { kind: 'head-too-long' }
      return rest.length === 0 ? 'more' : readHead(rest)
    }
    head = found
    body = createBodyReader(found, asked)
    return readBody(rest)
  }
  const readBody = (chunk: Buffer): Reading => {
    const state = (body as BodyReader).feed(chunk)
    if (state === 'bad-chunk') return { kind: 'bad-chunk' }
    return state === 'done' ? answer() : 'more'
  }
  return {
    feed(chunk) {
      bytes += chunk.length
      return head === undefined ? readHead(chunk) : readBody(chunk)
    },
    end() {
      if (bytes === 0) return { kind: 'no-data' }
      if (body === undefined) return { kind: 'not-http', line: firstLine(partialHead) }
      if (body.mayEnd()) return answer()
      return { kind: 'ended-early', bytes: body.bytes(), expectedBytes: body.announced }
    },
  }
}

interface HeadFound {
  readonly statusLine: string
  readonly status: number
  readonly text: string
  /** With the empty line. */
  readonly bytes: number
}

/** `undefined`: not all there yet. */
function findHead(all: Buffer): HeadFound | 'not-http' | undefined {
  if (!'HTTP/'.startsWith(all.toString('latin1', 0, 5))) return 'not-http'
  let end = all.indexOf(CR_LF_2)
  const bare = all.indexOf(LF_2)
  const isBare = bare >= 0 && (end < 0 || bare < end)
  if (isBare) end = bare
  if (end < 0) return undefined
  const text = all.toString('latin1', 0, end)
  const statusLine = lineOf(text)
  const status = /^HTTP\/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)/.exec(statusLine)?.[1]
  if (status === undefined) return 'not-http'
  return { statusLine, status: Number(status), text, bytes: end + (isBare ? 2 : 4) }
}

function lineOf(text: string): string {
  const end = text.indexOf('\n')
  return (end < 0 ? text : text.slice(0, end)).trimEnd()
}

function firstLine(all: Buffer | undefined): string {
  return all === undefined ? '' : lineOf(all.toString('latin1', 0, 256))
}

/** The first value of a header, `undefined` when there is none. `name` is in small letters. */
export function headerOf(head: string, name: string): string | undefined {
  let at = head.indexOf('\n')
  while (at >= 0) {
    const end = head.indexOf('\n', at + 1)
    const colon = at + 1 + name.length
    if (head.charCodeAt(colon) === 58 && head.slice(at + 1, colon).toLowerCase() === name) {
      return head.slice(colon + 1, end < 0 ? head.length : end).trim()
    }
    at = end
  }
  return undefined
}

interface BodyReader {
  feed(chunk: Buffer): 'more' | 'done' | 'bad-chunk'
  bytes(): number
  /** The end of the connection is the end of the body. */
  mayEnd(): boolean
  readonly announced: number | undefined
  text(): string
  isCut(): boolean
}

function createBodyReader(head: HeadFound, asked: Asked): BodyReader {
  const kept = createKeeper(asked.wantsText, headerOf(head.text, 'content-type'))
  const hasNone = asked.isHead || head.status === 204 || head.status === 304
  const isChunked = /(^|,)\s*chunked\s*$/i.test(headerOf(head.text, 'transfer-encoding') ?? '')
  const announced = headerOf(head.text, 'content-length')
  const length = hasNone
    ? 0
    : announced !== undefined && /^\d+$/.test(announced)
      ? Number(announced)
      : undefined
  let bytes = 0
  let isCut = false
  const take = (piece: Buffer): boolean => {
    bytes += piece.length
    kept.add(piece)
    isCut = bytes >= BODY_BYTES_MAX
    return isCut
  }
  const common = { bytes: () => bytes, text: () => kept.text(), isCut: () => isCut }
  if (isChunked && !hasNone) {
    const chunks = createChunkReader(take)
    return { ...common, feed: chunks, mayEnd: () => false, announced: undefined }
  }
  return {
    ...common,
    feed(chunk) {
      const fits = length === undefined ? chunk : chunk.subarray(0, length - bytes)
      return take(fits) || bytes === length ? 'done' : 'more'
    },
    mayEnd: () => length === undefined,
    announced: length,
  }
}

/** `take` answers true when enough was read. */
function createChunkReader(
  take: (piece: Buffer) => boolean,
): (chunk: Buffer) => 'more' | 'done' | 'bad-chunk' {
  let line = ''
  let leftBytes = 0
  let phase: 'mark' | 'data' | 'data-end' | 'trailer' = 'mark'
  let trailerBytes = 0

  const readLine = (ended: string): 'more' | 'done' | 'bad-chunk' => {
    if (phase === 'data-end') {
      phase = 'mark'
      return ended === '' ? 'more' : 'bad-chunk'
    }
    if (phase === 'trailer') return ended === '' ? 'done' : 'more'
    const size = /^([\da-f]{1,12})[ \t]*(?:;|$)/i.exec(ended)?.[1]
    if (size === undefined) return 'bad-chunk'
    leftBytes = Number.parseInt(size, 16)
    phase = leftBytes === 0 ? 'trailer' : 'data'
    return 'more'
  }
  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (phase === 'data') {
        const piece = chunk.subarray(at, at + leftBytes)
        at += piece.length
        leftBytes -= piece.length
        if (take(piece)) return 'done'
        if (leftBytes === 0) phase = 'data-end'
        continue
      }
      const end = chunk.indexOf(10, at)
      const stop = end < 0 ? chunk.length : end
      if (line.length + stop - at > CHUNK_LINE_MAX) return 'bad-chunk'
      line += chunk.toString('latin1', at, stop)
      if (phase === 'trailer') trailerBytes += stop - at
      if (trailerBytes > HEAD_BYTES_MAX) return 'bad-chunk'
      at = stop + 1
      if (end < 0) return 'more'
      const ended = line.endsWith('\r') ? line.slice(0, -1) : line
      line = ''
      const state = readLine(ended)
      if (state !== 'more') return state
    }
    return 'more'
  }
}

interface Keeper {
  add(piece: Buffer): void
  text(): string
}

/** Copies into one growing buffer: a body that drips in bytes costs no more than one that comes at once. */
function createKeeper(wantsText: boolean, contentType: string | undefined): Keeper {
  if (!wantsText) return { add: () => undefined, text: () => '' }
  let buffer = Buffer.allocUnsafe(4096)
  let used = 0
  return {
    add(piece) {
      const fits = Math.min(piece.length, TEXT_BYTES_MAX - used)
      if (used + fits > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.min(TEXT_BYTES_MAX, (used + fits) * 2))
        buffer.copy(larger, 0, 0, used)
        buffer = larger
      }
      piece.copy(buffer, used, 0, fits)
      used += fits
    },
    text: () =>
      buffer.toString(/charset="?iso-8859-1/i.test(contentType ?? '') ? 'latin1' : 'utf8', 0, used),
  }
}
