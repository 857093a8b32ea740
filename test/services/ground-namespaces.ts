import { execFileSync } from 'node:child_process'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import type { Ground, GroundShape } from './ground.ts'

/** Names of what we make: `parallax-PID-cluster` for namespaces, `plxPID` and `plxPID-n` for links of this machine. */
const NAMESPACE = /^parallax-(\d+)-/
const LINK = /^plx(\d+)(?:-\d+)?$/
/** Nobody has this one: what is sent to it is lost. */
const NOBODY = '02:00:00:00:00:01'
const FIRST_TARGET = 100

const ip = (...parameters: string[]): string =>
  execFileSync('ip', parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  })

/** `undefined` when this user or this machine makes no namespaces. Clusters are at a bridge, targets are addresses of it. */
export function namespaceGround({ clusters, targets }: GroundShape): Ground | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const bridge = `plx${process.pid}`
  const space = (cluster: string): string => `parallax-${process.pid}-${cluster}`
  const numberOf = (target: string): number => FIRST_TARGET + targets.indexOf(target)
  let prefix: string
  try {
    sweep()
    prefix = freePrefix()
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('addr', 'add', `${prefix}.1/24`, 'dev', bridge)
    ip('link', 'set', bridge, 'up')
    for (const target of targets) addAddress(target)
    for (const [n, cluster] of clusters.entries()) connectCluster(cluster, n)
  } catch (error) {
    return withoutNamespaces(error)
  }
  function addAddress(target: string): void {
    ip('addr', 'add', `${prefix}.${numberOf(target)}/24`, 'dev', bridge)
  }
  function connectCluster(cluster: string, n: number): void {
    const name = space(cluster)
    ip('netns', 'add', name)
    ip('link', 'add', `${bridge}-${n}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('link', 'set', `${bridge}-${n}`, 'master', bridge, 'up')
    ip('-n', name, 'addr', 'add', `${prefix}.${n + 2}/24`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
  }
  const address = (target: string): string => `${prefix}.${numberOf(target)}`
  const proxies: FaultProxy[] = []
  const blocked = new Map<string, readonly [cluster: string, target: string]>()
  const off = new Set<string>()
  function unblock(cluster: string, target: string): void {
    if (!blocked.delete(`${cluster} ${target}`)) return
    ip('-n', space(cluster), 'neigh', 'del', address(target), 'dev', 'eth0')
  }
  function powerOn(target: string): void {
    if (off.delete(target)) addAddress(target)
  }
  return {
    kind: 'namespaces',
    listenAddress: address,
    prefixOf: () => prefix,
    numberOf,
    before: (cluster) => ['ip', 'netns', 'exec', space(cluster)],
    async reach(_, port) {
      const near = { address: `${prefix}.1`, port: 0 }
      const proxy = await startFaultProxy(near, { address: '127.0.0.1', port })
      proxies.push(proxy)
      return `${prefix}.1:${proxy.port}`
    },
    block(cluster, target) {
      const way = ['lladdr', NOBODY, 'dev', 'eth0', 'nud', 'permanent']
      ip('-n', space(cluster), 'neigh', 'replace', address(target), ...way)
      blocked.set(`${cluster} ${target}`, [cluster, target])
    },
    unblock,
    powerOff(target) {
      ip('addr', 'del', `${address(target)}/24`, 'dev', bridge)
      off.add(target)
    },
    powerOn,
    mend() {
      for (const [cluster, target] of blocked.values()) unblock(cluster, target)
      for (const target of off) powerOn(target)
    },
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      remove(process.pid)
    },
  }
}

function withoutNamespaces(reason: unknown): undefined {
  try {
    remove(process.pid)
  } catch {
    // Where nothing could be made there is nothing to remove.
  }
  process.stderr.write(`no network namespaces here: ${(reason as Error).message}\n`)
}

/** What test processes left that are not there any more. */
function sweep(): void {
  const owners = new Set<number>()
  for (const name of namespaces()) owners.add(Number(NAMESPACE.exec(name)?.[1]))
  for (const name of links()) owners.add(Number(LINK.exec(name)?.[1]))
  for (const owner of owners) if (owner > 0 && !isRunning(owner)) remove(owner)
}

const namespaces = (): readonly string[] =>
  ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => NAMESPACE.test(name))

const links = (): readonly string[] =>
  ip('-o', 'link', 'show')
    .split('\n')
    .map((line) => line.split(/[:@]/)[1]?.trim() ?? '')
    .filter((name) => LINK.test(name))

/** Everything with the name of this process: what runs in its namespaces, the namespaces, its links. Nothing there is no fault. */
function remove(owner: number): void {
  for (const name of namespaces()) {
    if (Number(NAMESPACE.exec(name)?.[1]) !== owner) continue
    for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) end(Number(pid))
    ip('netns', 'del', name)
  }
  // The other ends of the pairs went with the namespaces, or are about to.
  if (links().includes(`plx${owner}`)) ip('link', 'del', `plx${owner}`)
  for (const name of links()) {
    if (Number(LINK.exec(name)?.[1]) !== owner) continue
    try {
      ip('link', 'del', name)
    } catch (error) {
      if (links().includes(name)) throw error
    }
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A network of 256 addresses that this machine does not know yet. */
function freePrefix(): string {
  const taken = `${ip('-o', '-4', 'addr')}${ip('-4', 'route')}`
  for (let n = 0; n < 250; n++) {
    const prefix = `10.211.${(process.pid + n) % 250}`
    if (!taken.includes(`${prefix}.`)) return prefix
  }
  throw new Error('no network is free')
}
