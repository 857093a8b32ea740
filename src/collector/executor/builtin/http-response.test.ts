import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import {
  createResponseReader,
  headerOf,
  type HttpFault,
  type HttpResponse,
} from './http-response.ts'

/** The whole text at once, or in pieces, then the end of the connection. */
function read(text: string | Buffer, pieces: readonly number[] = []): HttpResponse | HttpFault {
  const reader = createResponseReader({ isHead: false, wantsText: true })
  const all = Buffer.from(text)
  let at = 0
  for (const size of [...pieces, all.length]) {
    if (at >= all.length) break
    const state = reader.feed(all.subarray(at, at + size))
    if (state !== 'more') return state
    at += size
  }
  return reader.end()
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
const LENGTH = `${HEAD}Content-Length: 5\r\n\r\nhello`
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n`
const CLOSED = `${HEAD}\r\nhello`
const INTERIM = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${LENGTH}`

describe('where a response ends', () => {
  test.each([
    ['its length', LENGTH],
    ['chunks', CHUNKED],
    ['the end of the connection', CLOSED],
    ['interim responses before it', INTERIM],
    ['bare line feeds', LENGTH.replaceAll('\r\n', '\n')],
  ])('[BT11] by %s, however it is cut into pieces', (_, text) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 80 }), (pieces) => {
        expect(read(text, pieces)).toMatchObject({ status: 200, text: 'hello', isCut: false })
      }),
    )
  })

  test('[BT12] the size is what came over the wire', () => {
    expect(read(LENGTH)).toMatchObject({ bytes: LENGTH.length })
    expect(read(CHUNKED)).toMatchObject({ bytes: CHUNKED.length })
  })

  test('a response without a body has none, whatever its headers say', () => {
    expect(read('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n')).toMatchObject({
      status: 204,
    })
    const reader = createResponseReader({ isHead: true, wantsText: false })
    expect(reader.feed(Buffer.from(`${HEAD}Content-Length: 5\r\n\r\n`))).toMatchObject({
      status: 200,
    })
  })

  test('[BT11] the charset of the page is heard', () => {
    const latin = Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\ngrün`,
      'latin1',
    )
    expect(read(latin)).toMatchObject({ text: 'grün' })
    expect(read(`${HEAD}\r\ngrün`)).toMatchObject({ text: 'grün' })
  })
})

describe('what is no good response', () => {
  test.each([
    ['no data', '', { kind: 'no-data' }],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n', { kind: 'not-http', line: 'SSH-2.0-OpenSSH' }],
    ['binary', '\u0000\u0001', { kind: 'not-http' }],
    ['a head that breaks off', 'HTTP/1.1 200 OK\r\nX: y', { kind: 'not-http' }],
    ['a status that is none', 'HTTP/1.1 2000 OK\r\n\r\n', { kind: 'not-http' }],
    [
      'a short body',
      `${HEAD}Content-Length: 9\r\n\r\nhello`,
      { kind: 'ended-early', bytes: 5, expectedBytes: 9 },
    ],
    ['chunks that break off', CHUNKED.slice(0, -4), { kind: 'ended-early' }],
    [
      'a chunk without size',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      { kind: 'bad-chunk' },
    ],
    [
      'a chunk of 2^60 bytes',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1000000000000000\r\n`,
      { kind: 'bad-chunk' },
    ],
    [
      'a chunk longer than it says',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n`,
      { kind: 'bad-chunk' },
    ],
  ])('[BT14, BT16] %s', (_, text, fault) => {
    expect(read(text)).toMatchObject(fault)
  })

  test('[BT15] endless headers, endless interims, endless chunk marks, endless trailers', () => {
    const endless = (start: string, piece: string): HttpResponse | HttpFault =>
      read(start + piece.repeat(200_000 / piece.length), Array<number>(200).fill(1000))
    expect(endless('HTTP/1.1 200 OK\r\n', 'X: y\r\n')).toEqual({ kind: 'head-too-long' })
    expect(endless('HTTP/1.1 200', ' ')).toEqual({ kind: 'head-too-long' })
    expect(endless('', 'HTTP/1.1 100 Continue\r\n\r\n')).toEqual({ kind: 'head-too-long' })
    const chunked = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`
    expect(endless(chunked, 'a')).toEqual({ kind: 'bad-chunk' })
    expect(endless(`${chunked}0\r\n`, 'X: y\r\n')).toEqual({ kind: 'bad-chunk' })
  })

  test('[BT15] a body is read to 8 MiB and kept to one', () => {
    const reader = createResponseReader({ isHead: false, wantsText: true })
    expect(reader.feed(Buffer.from(`${HEAD}Content-Length: 1000000000\r\n\r\n`))).toBe('more')
    const piece = Buffer.alloc(1_000_000, 'x')
    let fed = 0
    let state = reader.feed(piece)
    for (; state === 'more' && fed < 20; fed++) state = reader.feed(piece)
    expect(state).toMatchObject({ isCut: true })
    expect(fed).toBe(8)
    expect((state as HttpResponse).text.length).toBe(1024 * 1024)
  })

  test('[BT14] no bytes make it throw', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '3\r\n',
      'abc',
      '0\r\n',
      '\n',
      ':',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(9)), (parts, sizes) => {
        expect(() =>
          read(
            parts.join(''),
            sizes.map((size) => size + 1),
          ),
        ).not.toThrow()
      }),
    )
  })
})

test('headers are found in any case, by their whole name', () => {
  const head = 'HTTP/1.1 200 OK\r\nX-Location: no\r\nlOcation:  /yes \r\nLocation: late'
  expect(headerOf(head, 'location')).toBe('/yes')
  expect(headerOf(head, 'cation')).toBeUndefined()
})
