import { hash, verify } from '@node-rs/argon2'
import { randomSecret } from './secrets.ts'

/** The package's own constant enum cannot be imported where types are only stripped. */
const ARGON2ID = 2

/** argon2id with OWASP's first choice: 19 MiB, two passes, one lane; about 30 ms, in the thread pool. */
const OPTIONS = {
  algorithm: ARGON2ID,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}

export async function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS)
}

let decoy: Promise<string> | undefined

/** Without a hash (no such account) it works as long as with one and says no, so that time tells nobody which names exist. */
export async function verifyPassword(
  passwordHash: string | undefined,
  password: string,
): Promise<boolean> {
  decoy ??= hashPassword(randomSecret())
  const isRight = await verify(passwordHash ?? (await decoy), password)
  return passwordHash !== undefined && isRight
}
