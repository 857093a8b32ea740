import { instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { EvidenceClass } from '../src/domain/evidence.ts'
import { DecisionEngine } from '../src/results/decision/engine.ts'
import type { DecisionTopology } from '../src/results/decision/topology.ts'

/** What the decision engine alone costs; nothing is stored or sent. */
export interface EngineFigures {
  /** For each second of processor time, collecting garbage included; median of the rounds after the first two. */
  readonly resultsPerSecond: number
  /** All memory of the engine and of its topology, for each check and observer. */
  readonly bytesPerCell: number
  readonly changes: number
}

export interface EngineLoad {
  readonly hosts: number
  readonly checksPerHost: number
  readonly sites: number
  readonly rounds: number
}

/** 200,000 checks, each seen by five observers. */
export const ENGINE_LOAD: EngineLoad = { hosts: 20_000, checksPerHost: 10, sites: 40, rounds: 6 }

const OBSERVER_SITES = ['X1', 'X1', 'X2', 'X3', 'site-0']
const INTERVAL_MS = 60_000
const START = 1_800_000_000_000

/**
 * Every observer sees every check once a round, at its own time. One result of 200 is a stray failure, and one check of 200 is down as all see it; of
 * the answers that this asks for none comes.
 * @param collect empties what is garbage, as `gc` of `node --expose-gc`; without it no memory is measured
 */
export function measureEngine(
  load: EngineLoad,
  progress: (text: string) => void,
  collect?: () => void,
): EngineFigures {
  collect?.()
  const before = usedBytes()
  const topology = topologyOf(load)
  const engine = new DecisionEngine(topology)
  const cells = topology.checks.length * OBSERVER_SITES.length
  const rates: number[] = []
  let changes = 0
  for (let round = 0; round < load.rounds; round++) {
    const from = process.cpuUsage()
    changes += feed(engine, round)
    const { user, system } = process.cpuUsage(from)
    rates.push((cells * 1e6) / (user + system))
    progress(`round ${round + 1} of ${load.rounds}: ${Math.round(rates.at(-1) ?? 0)} results/s`)
  }
  collect?.()
  const bytes = collect === undefined ? Number.NaN : usedBytes() - before
  const steady = rates.slice(Math.min(2, rates.length - 1)).sort((a, b) => a - b)
  if (engine.kindOf(1) === 'unknown') throw new Error('the engine has decided nothing')
  return {
    resultsPerSecond: steady[steady.length >> 1] ?? Number.NaN,
    bytesPerCell: bytes / cells,
    changes,
  }
}

/** One round of results, with the tick of each second. @returns changes of verdicts */
function feed(engine: DecisionEngine, round: number): number {
  const checks = engine.topology.checks.length
  let changes = 0
  let ticks = 0
  const slice = checks * OBSERVER_SITES.length
  for (let n = 0; n < slice; n++) {
    const observer = Math.floor(n / checks)
    const check = n % checks
    const at = instant(START + round * INTERVAL_MS + Math.floor((n * INTERVAL_MS) / slice))
    engine.take(
      { check, observer, at, tie: n, class: classOf(check, observer, round), isProbe: false },
      at,
    )
    if (Math.floor((n * 60) / slice) < ticks) continue
    ticks++
    engine.tick(at)
    changes += engine.drainChanges().length
    engine.drainAsks()
  }
  return changes
}

function classOf(check: number, observer: number, round: number): EvidenceClass {
  if (mixed(check) % 200 === round) return 'error'
  return mixed(check * 31 + observer * 7 + round) % 200 === 0 ? 'timeout' : 'ok'
}

/** Failures are scattered over all sites. */
function mixed(n: number): number {
  const h = Math.imul(n ^ (n >>> 15), 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}

function topologyOf({ hosts, checksPerHost, sites }: EngineLoad): DecisionTopology {
  const everybody = [...OBSERVER_SITES.keys()]
  return {
    observers: OBSERVER_SITES.map((site, v) => ({ name: `observer-${v}`, site })),
    sites: Array.from({ length: sites }, (_, site) => `site-${site}`),
    hosts: Array.from({ length: hosts }, (_, host) => ({
      name: `host-${host}`,
      site: host % sites,
    })),
    checks: Array.from({ length: hosts * checksPerHost }, (_, check) => {
      const host = Math.floor(check / checksPerHost)
      const isHostCheck = check % checksPerHost === 0
      return {
        id: (isHostCheck
          ? `host-${host}`
          : `host-${host}!service-${check % checksPerHost}`) as CheckId,
        host,
        isHostCheck,
        intervalMs: INTERVAL_MS,
        timeoutMs: 10_000,
        observers: everybody,
        rule: 'evidence',
        theta: 12.5,
      }
    }),
  }
}

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
