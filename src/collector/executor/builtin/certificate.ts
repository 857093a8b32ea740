import type { TLSSocket } from 'node:tls'
import { isoOf, type Instant } from '../../../base/instant.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { shown } from './answer.ts'

export interface CertificateDemands {
  readonly verify: boolean
  /** Days it must still be valid. */
  readonly warning: number | undefined
  readonly critical: number | undefined
}

export interface CertificateVerdict {
  readonly code: ReturnCode
  readonly text: string
  /** Whole days left, negative when expired; `undefined` when the peer showed no certificate. */
  readonly daysLeft: number | undefined
}

const DAY_MS = 86_400_000

/**
 * Chain and name as the handshake found them (it must not have refused: `rejectUnauthorized: false`), then the dates.
 * The texts are those of check_http and check_tcp. Rules BT20..BT23.
 */
export function judgeCertificate(
  socket: TLSSocket,
  demands: CertificateDemands,
  now: Instant,
): CertificateVerdict {
  const certificate = socket.getPeerCertificate()
  const validTo = certificate.valid_to
  if (validTo === undefined) {
    return { code: 2, text: 'CRITICAL - no certificate received', daysLeft: undefined }
  }
  const expiresAt = Date.parse(validTo) as Instant
  const daysLeft = Math.floor((expiresAt - now) / DAY_MS)
  const subject = certificate.subject as Readonly<Record<string, string | string[]>> | undefined
  const name = shown(String(subject?.['CN'] ?? subject?.['O'] ?? 'without a name'))
  const at = isoOf(expiresAt).replace('.000Z', 'Z')
  const isExpired = expiresAt <= now
  if (isExpired) {
    return { code: 2, text: `CRITICAL - Certificate '${name}' expired on ${at}.`, daysLeft }
  }
  if (demands.verify && !socket.authorized) {
    return { code: 2, text: `CRITICAL - Certificate '${name}': ${distrust(socket)}`, daysLeft }
  }
  const days = `Certificate '${name}' expires in ${daysLeft} day(s) (${at}).`
  if (demands.critical !== undefined && daysLeft < demands.critical) {
    return { code: 2, text: `CRITICAL - ${days}`, daysLeft }
  }
  if (demands.warning !== undefined && daysLeft < demands.warning) {
    return { code: 1, text: `WARNING - ${days}`, daysLeft }
  }
  return { code: 0, text: `OK - Certificate '${name}' will expire on ${at}.`, daysLeft }
}

const DISTRUST: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in its chain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its chain is incomplete or its issuer unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is unknown here',
  UNABLE_TO_GET_ISSUER_CERT: 'its chain is incomplete',
  CERT_HAS_EXPIRED: 'a certificate of its chain has expired',
  CERT_NOT_YET_VALID: 'not valid yet',
  CERT_REVOKED: 'revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'does not carry the name asked for',
}

/** Node hands either an Error with a code or the bare code. */
function distrust(socket: TLSSocket): string {
  const reason: unknown = socket.authorizationError
  const code =
    reason instanceof Error ? ((reason as NodeJS.ErrnoException).code ?? reason.message) : reason
  return DISTRUST[String(code)] ?? `not trusted (${String(code)})`
}
