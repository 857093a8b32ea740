import { expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { judgeEnrolment, refusalText, type EnrolCase } from './judge.ts'
import type { EnrolledCollector, StoredJoinToken } from './ports.ts'

const NOW = instant(1_000_000)
const TOKEN: StoredJoinToken = {
  id: 't1',
  secretHash: 'a'.repeat(64),
  cluster: 'east',
  name: undefined,
  createdBy: 'root',
  createdAt: instant(0),
  expiresAt: instant(2_000_000),
  usedBy: undefined,
  usedAt: undefined,
}
const HOLDER: EnrolledCollector = {
  id: 'east.c1',
  cluster: 'east',
  name: 'c1',
  publicKey: 'UOLD',
  joinedAt: instant(5),
  joinedBy: 'root',
  revokedAt: undefined,
}

function caseOf(more: Partial<EnrolCase> = {}): EnrolCase {
  return {
    question: { name: 'c1', publicKey: 'UNEW' },
    secretHash: TOKEN.secretHash,
    token: TOKEN,
    holder: undefined,
    ...more,
  }
}

const reasonOf = (of: EnrolCase): string => {
  const verdict = judgeEnrolment(of, NOW)
  return verdict.kind === 'refuse' ? verdict.reason : verdict.kind
}

test('a token that was just given out lets one in', () => {
  expect(judgeEnrolment(caseOf(), NOW)).toEqual({
    kind: 'admit',
    cluster: 'east',
    name: 'c1',
    isAgain: false,
  })
})

test('[TR11] an unknown token and a wrong secret sound the same', () => {
  const unknown = caseOf({ token: undefined })
  const wrong = caseOf({ secretHash: 'b'.repeat(64), token: { ...TOKEN, usedBy: 'east.c9' } })
  expect(reasonOf(unknown)).toBe('unknown-token')
  expect(reasonOf(wrong)).toBe('wrong-secret')
  expect(refusalText('wrong-secret', wrong)).toBe(refusalText('unknown-token', unknown))
  expect(reasonOf(caseOf({ secretHash: '' }))).toBe('wrong-secret')
})

test('[TR12] a token that was used is refused to another key and to another name', () => {
  const token = { ...TOKEN, usedBy: 'east.c1', usedAt: instant(5) }
  expect(reasonOf(caseOf({ token, holder: HOLDER }))).toBe('token-used')
  const other = { name: 'c2', publicKey: HOLDER.publicKey }
  expect(reasonOf(caseOf({ token, question: other }))).toBe('token-used')
})

test('[TR13] the token ends in the millisecond that it says', () => {
  expect(reasonOf(caseOf({ token: { ...TOKEN, expiresAt: NOW } }))).toBe('token-expired')
  expect(reasonOf(caseOf({ token: { ...TOKEN, expiresAt: instant(NOW + 1) } }))).toBe('admit')
})

test('[TR14] a token for one name is refused for another', () => {
  expect(reasonOf(caseOf({ token: { ...TOKEN, name: 'c7' } }))).toBe('other-name')
  expect(reasonOf(caseOf({ token: { ...TOKEN, name: 'c1' } }))).toBe('admit')
})

test('[TR15] a name is taken until its holder was shut out', () => {
  expect(reasonOf(caseOf({ holder: HOLDER }))).toBe('name-taken')
  expect(reasonOf(caseOf({ holder: { ...HOLDER, revokedAt: NOW } }))).toBe('admit')
})

test('[TR28] who has the name joins again with its key, unless that was shut out', () => {
  const question = { name: 'c1', publicKey: HOLDER.publicKey }
  expect(judgeEnrolment(caseOf({ question, holder: HOLDER }), NOW)).toEqual({
    kind: 'admit',
    cluster: 'east',
    name: 'c1',
    isAgain: false,
  })
  expect(reasonOf(caseOf({ question, holder: { ...HOLDER, revokedAt: NOW } }))).toBe('key-shut-out')
})

test('[TR16] the same key is answered again, unless it was shut out since', () => {
  const token = { ...TOKEN, usedBy: 'east.c1', usedAt: instant(5) }
  const question = { name: 'c1', publicKey: HOLDER.publicKey }
  expect(judgeEnrolment(caseOf({ token, question, holder: HOLDER }), NOW)).toEqual({
    kind: 'admit',
    cluster: 'east',
    name: 'c1',
    isAgain: true,
  })
  const revoked = { ...HOLDER, revokedAt: NOW }
  expect(reasonOf(caseOf({ token, question, holder: revoked }))).toBe('token-used')
})
