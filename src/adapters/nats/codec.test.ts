import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { prng } from '../../base/prng.ts'
import { decode, encode, encodeLong } from './codec.ts'

const MB = 1024 * 1024
const packed = (text: string): Uint8Array => zstdCompressSync(Buffer.from(text))

test('[HM1] small and large messages come out as they went in', () => {
  for (const message of [null, { a: [1] }, { text: '"\\\\"\u{1F600}[[['.repeat(100_000) }])
    expect(decode(encode(message))).toEqual(message)
})

test('[HM1] what is small packed and large unpacked is refused, except from a hub', () => {
  const bomb = packed(`"${'a'.repeat(17 * MB)}"`)
  expect(bomb.length).toBeLessThan(64 * 1024)
  expect(() => decode(bomb)).toThrow()
  expect(decode(bomb, true)).toHaveLength(17 * MB)
  expect(() => decode(packed(' '.repeat(257 * MB)), true)).toThrow()
})

test('a long message is written once for all who get it', () => {
  const random = prng(1)
  const plan = { revision: 'r', checks: Array.from({ length: 20_000 }, () => random()) }
  const first = encodeLong({ answer: plan }, plan)
  expect(encodeLong({ answer: plan }, plan)).toBe(first)
  expect(encodeLong({ answer: { ...plan } }, { ...plan })).not.toBe(first)
  expect(decode(first)).toEqual({ answer: plan })
  const small = { a: 1 }
  expect(encodeLong(small, small)).not.toBe(encodeLong(small, small))
  expect(decode(encodeLong({ refused: 'no' }, undefined))).toEqual({ refused: 'no' })
})

test('[HM1] what is nested too deeply is refused', () => {
  const nested = (open: string, close: string): string =>
    open.repeat(MB) + '1' + close.repeat(MB) + ' '.repeat(MB)
  expect(() => decode(packed(nested('[', ']')))).toThrow('nested')
  expect(() => decode(packed(nested('{"a":', '}')))).toThrow('nested')
  expect(() => decode(Buffer.from('['.repeat(MB)))).toThrow('nested')
  // In texts brackets are letters.
  const text = `${'['.repeat(MB)}\\"`
  expect(decode(encode([text, '\\', text]))).toEqual([text, '\\', text])
})
