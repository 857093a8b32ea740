import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits of chance, base64url: 43 characters. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Takes the same time whatever the texts have in common. */
export function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
