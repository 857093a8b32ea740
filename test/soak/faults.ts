import type { Network, TestCollector, TestHub } from '../services/network.ts'

/** Something that is done to a network, and undone after a while. */
export interface Fault {
  readonly text: string
  readonly lastsMs: number
  /** What no second fault may hit at the same time. */
  readonly place: string
  begin(): Promise<void>
  end(): Promise<void>
}

type Random = () => number

/** The next fault by the dice: of one collector, or of a hub or its bus. */
export function nextFault(network: Network, random: Random): Fault {
  const among = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const between = (from: number, to: number): number => Math.round(from + random() * (to - from))
  const hubs = network.hubs
  if (random() < 0.7) {
    const collector = among(network.collectors)
    return random() < 0.6
      ? killed(collector, between(1_000, 15_000))
      : hung(collector, between(2_000, 10_000))
  }
  const hub = among(hubs)
  return random() < 0.5 ? hubKilled(hub, between(2_000, 20_000)) : busRestarted(hub)
}

/** One collector of a cluster at a time: somebody is left who can check its hosts. */
const clusterOf = ({ id }: TestCollector): string => `cluster ${id.split('.')[0]}`

function killed(collector: TestCollector, lastsMs: number): Fault {
  return {
    text: `kill -9 of ${collector.id}`,
    lastsMs,
    place: clusterOf(collector),
    begin: () => collector.process.kill(),
    end: () => collector.start(),
  }
}

function hung(collector: TestCollector, lastsMs: number): Fault {
  return {
    text: `${collector.id} hangs`,
    lastsMs,
    place: clusterOf(collector),
    begin: () => collector.process.signal('SIGSTOP'),
    end: () => collector.process.signal('SIGCONT'),
  }
}

function hubKilled(hub: TestHub, lastsMs: number): Fault {
  return {
    text: `kill -9 of ${hub.name}`,
    lastsMs,
    place: 'hubs',
    begin: () => hub.process.kill(),
    end: () => hub.start(),
  }
}

function busRestarted(hub: TestHub): Fault {
  return {
    text: `restart of the bus of ${hub.name}`,
    lastsMs: 100,
    place: 'hubs',
    begin: () => hub.server.restart(),
    end: async () => undefined,
  }
}
