import { namespaceGround } from './ground-namespaces.ts'
import { proxyGround } from './ground-proxies.ts'

/** What clusters and the servers that they watch stand on, and where ways between them break. */
export interface Ground {
  readonly kind: 'namespaces' | 'proxies'
  /** Where the process of a target has to listen. */
  listenAddress(target: string): string
  /** The first three numbers of the addresses at which a cluster finds the targets; the last is `numberOf` the target. */
  prefixOf(cluster: string): string
  numberOf(target: string): number
  /** What stands before the command line of a program of this cluster. */
  before(cluster: string): readonly string[]
  /** `address:port` at which a cluster reaches a port of our loopback. */
  reach(cluster: string, port: number): Promise<string>
  /** What a cluster sends to a target is lost from now on, and nobody says so. */
  block(cluster: string, target: string): void
  unblock(cluster: string, target: string): void
  /** The machine answers nobody any more. */
  powerOff(target: string): void
  powerOn(target: string): void
  /** Undoes every block and every switching off. */
  mend(): void
  close(): Promise<void>
}

export interface GroundShape {
  readonly clusters: readonly string[]
  readonly targets: readonly string[]
}

/**
 * Clusters in network namespaces of their own where this user may make them, else on addresses of the loopback behind proxies that can go silent.
 * PARALLAX_TEST_GROUND=proxies asks for the second.
 */
export async function startGround(shape: GroundShape): Promise<Ground> {
  const isAsked = process.env['PARALLAX_TEST_GROUND'] === 'proxies'
  const found = isAsked ? undefined : namespaceGround(shape)
  return found ?? proxyGround(shape)
}
