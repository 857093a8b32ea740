import { fmtCreds } from '@nats-io/jwt'
import { fromSeed } from '@nats-io/nkeys'
import { jwtAuthenticator, type Authenticator } from '@nats-io/transport-node'
import { bytesOf, type Credentials } from './signing.ts'

/** Shows a server who we are; the key itself never leaves us. */
export function authenticatorOf({ jwt, seed }: Credentials): Authenticator {
  return jwtAuthenticator(jwt, bytesOf(seed))
}

/** The form in which nats-server and its tools read them from a file. */
export function credentialsText({ jwt, seed }: Credentials): string {
  return new TextDecoder().decode(fmtCreds(jwt, fromSeed(bytesOf(seed))))
}
