import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { TlsOptions } from '@nats-io/transport-node'

/**
 * Believes only this CA, and only a server that was certified for one of the names or addresses that we wanted to reach. (The library
 * compares an address with `localhost`, because TLS knows no name then.)
 * @param ca PEM
 * @param servers URLs
 */
export function tlsOf(ca: string, servers: readonly string[]): TlsOptions {
  const hosts = servers.map((url) => new URL(url).hostname.replaceAll(/^\[|\]$/g, ''))
  const options: TlsOptions & { checkServerIdentity: typeof checkServerIdentity } = {
    ca,
    checkServerIdentity(_: string, certificate: PeerCertificate): Error | undefined {
      const problems = hosts.map((host) => checkServerIdentity(host, certificate))
      return problems.includes(undefined) ? undefined : problems[0]
    },
  }
  return options
}
