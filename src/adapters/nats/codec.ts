import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib'

/** Messages are JSON in UTF-8, and compressed by zstd from this size on: a batch of results shrinks to an eighth. */
const COMPRESSED_FROM = 2_048
/**
 * What a message of a collector may grow to when it is unpacked. Its longest is a batch of results: two million characters, each of them six
 * when it is escaped. Whoever packs 250 MB into 8 KB would otherwise take the memory of all who listen.
 */
const UNPACKED_MAX = 16 * 1024 * 1024
/** The same of a hub's: the plan of a very large cluster. */
const LARGE_MAX = 256 * 1024 * 1024
/** Each bracket costs sixteen bytes of memory and more; a shorter message cannot have enough of them to hurt. */
const DEPTH_LOOKED_AT_FROM = 256 * 1024
const DEPTH_MAX = 64
/** JSON never begins like this. */
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
/** Fast rather than small. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = [0x5b, 0x7b]
const CLOSING = [0x5d, 0x7d]

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function encode(message: unknown): Uint8Array {
  const plain = encoder.encode(JSON.stringify(message))
  return plain.length < COMPRESSED_FROM ? plain : zstdCompressSync(plain, LEVEL)
}

/** A plan for a cluster goes to each of its members, and who asks next gets the same again. */
const encodedLong = new WeakMap<object, Uint8Array>()
const KEPT_FROM = 64 * 1024

/** As `encode`; of a long one it is done once. @param part what makes the message this one; it never changes */
export function encodeLong(message: unknown, part: unknown): Uint8Array {
  const key = typeof part === 'object' && part !== null ? part : {}
  const known = encodedLong.get(key)
  if (known !== undefined) return known
  const payload = encode(message)
  if (payload.length >= KEPT_FROM) encodedLong.set(key, payload)
  return payload
}

/**
 * @param isLong only a hub can have sent it, and it may be a plan
 * @throws when it is neither JSON nor JSON that was compressed, is too long, or is nested too deeply.
 */
export function decode(payload: Uint8Array, isLong = false): unknown {
  const isPacked = ZSTD_MAGIC.every((byte, n) => payload[n] === byte)
  const maxOutputLength = isLong ? LARGE_MAX : UNPACKED_MAX
  const plain = isPacked ? zstdDecompressSync(payload, { maxOutputLength }) : payload
  if (!isLong && plain.length >= DEPTH_LOOKED_AT_FROM) assertShallow(plain)
  return JSON.parse(decoder.decode(plain))
}

function assertShallow(json: Uint8Array): void {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number
    if (byte === QUOTE) at = endOfText(json, at)
    else if (byte === OPENING[0] || byte === OPENING[1]) {
      if (++depth > DEPTH_MAX) throw new Error(`it is nested deeper than ${DEPTH_MAX}`)
    } else if (byte === CLOSING[0] || byte === CLOSING[1]) depth--
  }
}

/** Where the quote is that ends the text which begins at `from`; the end of all when there is none. */
function endOfText(json: Uint8Array, from: number): number {
  for (let at = json.indexOf(QUOTE, from + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let escapes = 0
    while (json[at - 1 - escapes] === BACKSLASH) escapes++
    if (escapes % 2 === 0) return at
  }
  return json.length
}
