import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { instant, type Instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { EvidenceClass } from '../src/domain/evidence.ts'
import type { DecisionTopology } from '../src/results/decision/topology.ts'
import type { Evidence } from '../src/results/decision/evidence.ts'

/** A trace of test/fixtures/decision; its README says what is in it. */
export interface DecisionTrace {
  readonly topology: DecisionTopology
  readonly durationMs: number
  readonly lines: readonly TraceLine[]
  readonly outages: readonly TraceOutage[]
}

export interface TraceLine {
  readonly evidence: Evidence
  readonly arrivesAtA: Instant
  /** `null`: lost on the way. */
  readonly arrivesAtB: Instant | null
}

export interface TraceOutage {
  readonly check: number
  readonly from: number
  readonly to: number
  readonly cause: readonly string[]
  readonly subject: string
}

interface TopologyLine {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly durationMs: number
  readonly vantages: readonly { readonly id: string; readonly site: string }[]
  readonly sites: readonly string[]
  readonly hosts: readonly { readonly id: string; readonly site: string }[]
  readonly services: readonly {
    readonly id: string
    readonly host: string
    readonly check: string
  }[]
}

type ResultLine = readonly [
  vantage: string,
  service: string,
  kind: EvidenceClass,
  t: number,
  raw: number,
  seq: number,
  arriveA: number,
  arriveB: number | null,
  extra: 0 | 1,
]

interface TruthLine {
  readonly outages: readonly {
    readonly service: string
    readonly from: number
    readonly to: number
    readonly cause: readonly string[]
    readonly subject: string
  }[]
}

const FOLDER = join(import.meta.dirname, 'fixtures/decision')

/** What the prototype made of each trace. */
export interface PrototypeScore {
  readonly fixture: string
  readonly assayConfirm: ScoreOfOne
  readonly assayPassive: ScoreOfOne
}

export interface ScoreOfOne {
  readonly falseAlarms: number
  readonly missed: number
  readonly outages: number
  readonly delayMaxS: number | null
}

export function prototypeScores(): readonly PrototypeScore[] {
  return JSON.parse(readFileSync(join(FOLDER, 'scores.json'), 'utf8')) as PrototypeScore[]
}

export function readTrace(name: string): DecisionTrace {
  const lines = readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
  const [first, ...rest] = lines.map((line) => JSON.parse(line) as unknown)
  const { outages } = rest.pop() as TruthLine
  const top = first as TopologyLine
  const numberOf = (items: readonly { readonly id: string }[], id: string) =>
    items.findIndex((item) => item.id === id)
  return {
    topology: topologyOf(top),
    durationMs: top.durationMs,
    lines: (rest as ResultLine[]).map(([v, s, kind, t, , seq, arriveA, arriveB, extra]) => ({
      evidence: {
        check: numberOf(top.services, s),
        observer: numberOf(top.vantages, v),
        at: instant(t),
        tie: seq,
        class: kind,
        isProbe: extra === 1,
      },
      arrivesAtA: instant(arriveA),
      arrivesAtB: arriveB === null ? null : instant(arriveB),
    })),
    outages: outages.map(({ service, ...outage }) => ({
      check: numberOf(top.services, service),
      ...outage,
    })),
  }
}

function topologyOf(top: TopologyLine): DecisionTopology {
  const observers = top.vantages.map((_, v) => v)
  return {
    observers: top.vantages.map(({ id, site }) => ({ name: id, site })),
    sites: top.sites,
    hosts: top.hosts.map(({ id, site }) => ({ name: id, site: top.sites.indexOf(site) })),
    checks: top.services.map(({ id, host, check }) => ({
      id: id as CheckId,
      host: top.hosts.findIndex((one) => one.id === host),
      isHostCheck: check === 'alive',
      intervalMs: top.intervalMs,
      timeoutMs: top.timeoutMs,
      observers,
      rule: 'evidence',
      theta: 12.5,
    })),
  }
}
