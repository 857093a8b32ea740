import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib'

/** Messages are JSON in UTF-8, and compressed by zstd from this size on: a batch of results shrinks to an eighth. */
const COMPRESSED_FROM = 2_048
/** What a message may grow to when it is unpacked: the plan of a very large cluster. */
const UNPACKED_MAX = 256 * 1024 * 1024
/** JSON never begins like this. */
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
/** Fast rather than small. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function encode(message: unknown): Uint8Array {
  const plain = encoder.encode(JSON.stringify(message))
  return plain.length < COMPRESSED_FROM ? plain : zstdCompressSync(plain, LEVEL)
}

/** @throws when it is neither JSON nor JSON that was compressed, or grows beyond every bound. */
export function decode(payload: Uint8Array): unknown {
  const isPacked = ZSTD_MAGIC.every((byte, n) => payload[n] === byte)
  const plain = isPacked ? zstdDecompressSync(payload, { maxOutputLength: UNPACKED_MAX }) : payload
  return JSON.parse(decoder.decode(plain))
}
