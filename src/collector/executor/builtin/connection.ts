import { connect, isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { Lookup } from './name-resolver.ts'

export interface Connecting {
  readonly host: string
  readonly port: number
  /** 0 is any. */
  readonly family: 0 | 4 | 6
}

export interface SecureConnecting extends Connecting {
  /** The name the certificate must carry. */
  readonly name: string
  readonly sni: boolean
}

export function familyOf(family: 'any' | '4' | '6'): 0 | 4 | 6 {
  return family === 'any' ? 0 : family === '4' ? 4 : 6
}

/** Opens connections with shared name resolution and one shared trust store (making one per connection costs a millisecond). */
export interface Connector {
  open(where: Connecting): Socket
  /** Never refuses a certificate: `certificate.ts` judges it and can say why. */
  openTls(where: SecureConnecting): TLSSocket
}

export function createConnector(lookup: Lookup, trust: () => SecureContext): Connector {
  return {
    open: ({ host, port, family }) => connect({ host, port, family, lookup }),
    openTls({ host, port, family, name, sni }) {
      const options: ConnectionOptions & { readonly family: number } = {
        host,
        port,
        family,
        lookup,
        secureContext: trust(),
        rejectUnauthorized: false,
        servername: sni && isIP(name) === 0 ? name : '',
        checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
        ALPNProtocols: ['http/1.1'],
      }
      return connectTls(options)
    },
  }
}
