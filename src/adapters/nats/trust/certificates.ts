import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Instant } from '../../../base/instant.ts'

/** A certificate and its private key, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
/** Machines that join may be behind with their clock. */
const BEFORE_MS = DAY_MS
const AUTHORITY_MS = 20 * 365 * DAY_MS
const SERVER_MS = 2 * 365 * DAY_MS
/** A certificate that is younger than this has nothing to be renewed for. */
const RENEW_BEFORE_MS = 30 * DAY_MS

/** The CA of an installation: it signs the servers' certificates, and nothing below itself that signs others. */
export async function createAuthority(name: string, now: Instant): Promise<KeyedCertificate> {
  const x509 = await library()
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const { KeyUsageFlags } = x509
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - BEFORE_MS),
    notAfter: new Date(now + AUTHORITY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: pemOf(keys.privateKey) }
}

/**
 * For a server that is reached under these names and addresses. Servers also show it to each other, as one end of a route does.
 * @param names host names and IP addresses, at least one
 */
export async function issueCertificate(
  authority: KeyedCertificate,
  names: readonly string[],
  now: Instant,
): Promise<KeyedCertificate> {
  const x509 = await library()
  const issuer = new x509.X509Certificate(authority.certificate)
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [(names[0] ?? 'parallax').slice(0, COMMON_NAME_MAX)] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await signingKeyOf(authority),
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - BEFORE_MS),
    notAfter: new Date(Math.min(now + SERVER_MS, issuer.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: pemOf(keys.privateKey) }
}

/** A longer one is no common name; the names that count stand elsewhere in the certificate. */
const COMMON_NAME_MAX = 64

/** Why a server needs another certificate; `undefined`: this one will do. */
export function whyRenew(
  certificate: string,
  authority: string,
  names: readonly string[],
  now: Instant,
): 'expires' | 'other-names' | 'other-authority' | undefined {
  const issued = new X509Certificate(certificate)
  const issuer = new X509Certificate(authority)
  if (!issued.checkIssued(issuer) || !issued.verify(issuer.publicKey)) return 'other-authority'
  if (issued.validToDate.getTime() - now < RENEW_BEFORE_MS) return 'expires'
  const held = issued.subjectAltName?.split(', ').map((text) => text.replace(/^[^:]+:/, '')) ?? []
  const wanted = names.map(canonical)
  const isSame = held.length === wanted.length && wanted.every((name) => held.includes(name))
  return isSame ? undefined : 'other-names'
}

/** As node:crypto writes it: IPv6 addresses in full. */
function canonical(name: string): string {
  if (isIP(name) !== 6) return name
  const [head = '', tail] = new URL(`http://[${name}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : [])
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].join(':').toUpperCase()
}

/** It takes a while to load, and most starts do without. */
async function library() {
  await import('reflect-metadata') // what follows does not load without it
  return import('@peculiar/x509')
}

function pemOf(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString()
}

function signingKeyOf({ key }: KeyedCertificate): Promise<webcrypto.CryptoKey> {
  const bytes = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })
  return webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign'])
}
