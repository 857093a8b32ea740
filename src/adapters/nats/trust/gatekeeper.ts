import { X509Certificate } from 'node:crypto'
import type { Gatekeeper } from '../../../orchestrator/enrolment/ports.ts'
import { pushAccount } from './push.ts'
import type { Trust } from './trust.ts'

/**
 * The trust as enrolment needs it.
 * @param servers of this hub; those that are joined to them hear of changes from them
 */
export function createGatekeeper(trust: Trust, servers: readonly string[]): Gatekeeper {
  return {
    ca: new X509Certificate(trust.ca).raw.toString('base64'),
    admitAsker: (asker) => trust.askerCredentials(asker),
    signCollector: ({ cluster, name, publicKey }) =>
      trust.signCollector({ cluster, name, user: publicKey }),
    revoked: () => trust.revoked(),
    async revoke(publicKeys) {
      await trust.revoke(publicKeys)
      try {
        await pushAccount(trust, servers)
        return undefined
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
  }
}
