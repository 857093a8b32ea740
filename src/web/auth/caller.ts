import type { Role } from '../ports.ts'

/** Who asks. */
export type Caller =
  | {
      readonly kind: 'session'
      /** Names the credential, for what must end with it. */
      readonly key: string
      readonly username: string
      readonly role: Role
      readonly csrf: string
      readonly expiresAt: number
    }
  | {
      readonly kind: 'token'
      readonly key: string
      /** Shown in the audit log: `token:<id>`. */
      readonly username: string
      /** As whoever made the token called it. */
      readonly name: string
      readonly role: Role
      readonly expiresAt: number | null
    }

/** What a route asks of its caller; `open` is anybody. */
export type Access = 'open' | Role

const REACH: Readonly<Record<Access, number>> = { open: 0, viewer: 1, operator: 2, admin: 3 }

export function reaches(role: Role, access: Access): boolean {
  return REACH[role] >= REACH[access]
}
