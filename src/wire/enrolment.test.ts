import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { readJoinToken, TokenUnreadable, writeJoinToken, type JoinToken } from './enrolment.ts'

const TOKEN: JoinToken = {
  version: 1,
  id: '0123456789abcdef',
  hub: 'hub-a',
  servers: ['tls://hub.example.org:4222'],
  ca: 'AQID',
  jwt: 'e30.e30.x',
  seed: 'SUAA',
  secret: 'sesame',
  cluster: 'east',
  name: 'c1',
}

test('a token is one line, and read as it was written', () => {
  const text = writeJoinToken(TOKEN)
  expect(text).toMatch(/^[\w-]+$/)
  expect(readJoinToken(` ${text}\n`)).toEqual(TOKEN)
})

test('[TR19] a part of a token, or anything else, is no token', () => {
  const text = writeJoinToken(TOKEN)
  for (const bad of ['', 'hello world', text.slice(0, -7), text.slice(5), `${text} ${text}`])
    expect(() => readJoinToken(bad)).toThrow(TokenUnreadable)
  expect(() => readJoinToken('A'.repeat(1_000_000))).toThrow(TokenUnreadable)
})

property.prop([fc.string({ maxLength: 200 })])('[TR19] no text crashes the reader', (text) => {
  expect(() => readJoinToken(text)).toThrow(TokenUnreadable)
})
