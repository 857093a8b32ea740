import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import type { Ground, GroundShape } from './ground.ts'
import { HTTP_PORT, TCP_PORTS } from './target-ports.ts'

/** Any user's: each cluster sees each target at an address of the loopback of its own, behind a proxy for each port. */
export async function proxyGround({ clusters, targets }: GroundShape): Promise<Ground> {
  const net = `127.${64 + (process.pid % 128)}`
  const numberOf = (target: string): number => 100 + targets.indexOf(target)
  const listenAddress = (target: string): string => `${net}.100.${numberOf(target)}`
  const prefixOf = (cluster: string): string => `${net}.${clusters.indexOf(cluster) + 1}`
  const proxies = new Map<string, readonly FaultProxy[]>()
  const blocked = new Set<string>()
  const off = new Set<string>()
  const ways = clusters.flatMap((cluster) => targets.map((target) => [cluster, target] as const))
  for (const [cluster, target] of ways) {
    const near = `${prefixOf(cluster)}.${numberOf(target)}`
    const far = listenAddress(target)
    const made = await Promise.all(
      [...TCP_PORTS, HTTP_PORT].map((port) =>
        startFaultProxy({ address: near, port }, { address: far, port }),
      ),
    )
    proxies.set(`${cluster} ${target}`, made)
  }
  const settle = (cluster: string, target: string): void => {
    const isHeld = blocked.has(`${cluster} ${target}`) || off.has(target)
    for (const proxy of proxies.get(`${cluster} ${target}`) ?? [])
      if (isHeld) proxy.hold()
      else proxy.release()
  }
  const settleAll = (target: string): void => clusters.forEach((one) => settle(one, target))
  return {
    kind: 'proxies',
    listenAddress,
    prefixOf,
    numberOf,
    before: () => [],
    reach: (_, port) => Promise.resolve(`127.0.0.1:${port}`),
    block(cluster, target) {
      blocked.add(`${cluster} ${target}`)
      settle(cluster, target)
    },
    unblock(cluster, target) {
      blocked.delete(`${cluster} ${target}`)
      settle(cluster, target)
    },
    powerOff(target) {
      off.add(target)
      settleAll(target)
    },
    powerOn(target) {
      off.delete(target)
      settleAll(target)
    },
    mend() {
      blocked.clear()
      off.clear()
      targets.forEach(settleAll)
    },
    async close() {
      await Promise.all([...proxies.values()].flat().map((proxy) => proxy.close()))
    },
  }
}
