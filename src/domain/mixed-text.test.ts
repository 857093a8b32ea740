import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { decodeMixed } from './mixed-text.ts'

test('Latin-1 bytes among UTF-8 are read as Latin-1', () => {
  expect(decodeMixed(Uint8Array.of(0x67, 0x72, 0xf6, 0xdf, 0x65))).toBe('größe')
  expect(decodeMixed(Uint8Array.of(0xc3, 0xb6, 0x20, 0xf6))).toBe('ö ö')
  expect(decodeMixed(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('\u00ed\u00a0\u0080')
})

test('valid UTF-8 is read as such', () => {
  const reads = fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    expect(decodeMixed(new TextEncoder().encode(text))).toBe(text)
  })
  fc.assert(reads)
})

test('no bytes whatever make it fail or lose one', () => {
  const reads = fc.property(fc.uint8Array(), (bytes) => {
    expect(decodeMixed(bytes).length).toBeGreaterThanOrEqual(Math.ceil(bytes.length / 4))
  })
  fc.assert(reads)
})
