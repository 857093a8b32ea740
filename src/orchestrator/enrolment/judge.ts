import type { Instant } from '../../base/instant.ts'
import type { EnrolQuestion } from '../../wire/enrolment.ts'
import type { EnrolledCollector, StoredJoinToken } from './ports.ts'

/** What is known when somebody asks to join. */
export interface EnrolCase {
  readonly question: Pick<EnrolQuestion, 'name' | 'publicKey'>
  /** SHA-256 of the secret that was sent, hex. */
  readonly secretHash: string
  readonly token: StoredJoinToken | undefined
  /** Who has the name that is asked for. */
  readonly holder: EnrolledCollector | undefined
}

export type EnrolVerdict =
  /** `isAgain`: the answer to the same question got lost, and nothing changes. */
  | {
      readonly kind: 'admit'
      readonly cluster: string
      readonly name: string
      readonly isAgain: boolean
    }
  | { readonly kind: 'refuse'; readonly reason: RefusalReason }

export type RefusalReason =
  | 'unknown-token'
  | 'wrong-secret'
  | 'token-used'
  | 'token-expired'
  | 'other-name'
  | 'key-shut-out'
  | 'name-taken'

/** Rules TR11 to TR16 and TR28 of docs/spec/trust.md, in order; the first that fits wins. Who has not shown the secret learns nothing of the token. */
export function judgeEnrolment(
  { question, secretHash, token, holder }: EnrolCase,
  now: Instant,
): EnrolVerdict {
  if (token === undefined) return refuse('unknown-token')
  if (!isSame(token.secretHash, secretHash)) return refuse('wrong-secret')
  if (token.usedBy !== undefined) {
    const isAgain = holder?.id === token.usedBy && holder.publicKey === question.publicKey
    if (!isAgain || holder.revokedAt !== undefined) return refuse('token-used')
    return { kind: 'admit', cluster: holder.cluster, name: holder.name, isAgain }
  }
  if (token.expiresAt <= now) return refuse('token-expired')
  if (token.name !== undefined && token.name !== question.name) return refuse('other-name')
  if (holder !== undefined) {
    const isItself = holder.publicKey === question.publicKey
    if (isItself && holder.revokedAt !== undefined) return refuse('key-shut-out')
    if (!isItself && holder.revokedAt === undefined) return refuse('name-taken')
  }
  return { kind: 'admit', cluster: token.cluster, name: question.name, isAgain: false }
}

/** What the one who asked is told. */
export function refusalText(
  reason: RefusalReason,
  { question, token }: Pick<EnrolCase, 'question' | 'token'>,
): string {
  switch (reason) {
    case 'unknown-token':
    case 'wrong-secret':
      return 'the hub does not know this token: ask for another with `parallax collector token`'
    case 'token-used':
      return `this token was used already, by ${token?.usedBy}: each collector needs its own`
    case 'token-expired':
      return 'this token has expired: ask for another with `parallax collector token`'
    case 'other-name':
      return `this token is for the name ${token?.name}, not ${question.name}`
    case 'key-shut-out':
      return `the key of ${token?.cluster}.${question.name} was shut out: it joins with another one`
    case 'name-taken':
      return (
        `${token?.cluster}.${question.name} has joined already: choose another --name, ` +
        `or shut that one out first with \`parallax collector revoke ${token?.cluster}.${question.name}\``
      )
  }
}

function refuse(reason: RefusalReason): EnrolVerdict {
  return { kind: 'refuse', reason }
}

/** Both are digests, so nothing is learned from how long the comparison takes; it is constant all the same. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let n = 0; n < a.length; n++) difference |= a.charCodeAt(n) ^ b.charCodeAt(n)
  return difference === 0
}
