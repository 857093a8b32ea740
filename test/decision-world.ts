import * as fc from 'fast-check'
import { instant, type Instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { EvidenceClass } from '../src/domain/evidence.ts'
import type { DecisionRule } from '../src/domain/verdict.ts'
import { DecisionEngine } from '../src/results/decision/engine.ts'
import type { Evidence } from '../src/results/decision/evidence.ts'
import type { DecisionParameters } from '../src/results/decision/parameters.ts'
import { CLASS_NAMES, KEPT } from '../src/results/decision/registers.ts'
import type { DecisionTopology } from '../src/results/decision/topology.ts'

/** Small worlds for the decision engine: who observes what, and what was seen. */
export interface DecisionWorld {
  readonly topology: DecisionTopology
  /** Without those of the calm hosts, in the order of their time. */
  readonly results: readonly Evidence[]
}

export interface WorldShape {
  /** Sites of the observers, by number: `X1`, `X2`, ... or a site of targets. */
  readonly observers: readonly string[]
  /** Of each host its site and its checks. */
  readonly hosts: readonly { readonly site: string; readonly checks: readonly CheckShape[] }[]
}

export interface CheckShape {
  /** Absent: all. */
  readonly observers?: readonly number[]
  readonly intervalMs?: number
  readonly rule?: DecisionRule
  readonly theta?: number
}

/** The worlds go on until now. */
export const START = 1_800_000_000_000
export const NOW = instant(START + 400_000)
/** Checks of each site that are fine and make every observer known as a good one. */
export const CALM_CHECKS = 60

/** Host `h0` with checks `h0` (its own), `h0!s1` ...; behind them a calm host in each site. */
export function decisionTopology({ observers, hosts }: WorldShape): DecisionTopology {
  const sites = [...new Set(hosts.map(({ site }) => site))].toSorted()
  const everybody = observers.map((_, v) => v)
  const calmChecks = Array.from({ length: CALM_CHECKS }, (): CheckShape => ({}))
  const calm = sites.map((site) => ({ site, checks: calmChecks }))
  const all = [...hosts, ...calm]
  return {
    observers: observers.map((site, v) => ({ name: `v${v}`, site })),
    sites,
    hosts: all.map(({ site }, host) => ({
      name: nameOf(host, hosts.length),
      site: sites.indexOf(site),
    })),
    checks: all.flatMap(({ checks }, host) =>
      checks.map((check, number) => ({
        id: `${nameOf(host, hosts.length)}${number === 0 ? '' : `!s${number}`}` as CheckId,
        host,
        isHostCheck: number === 0,
        intervalMs: check.intervalMs ?? 60_000,
        timeoutMs: 10_000,
        observers: check.observers ?? everybody,
        rule: check.rule ?? 'evidence',
        theta: check.theta ?? 12.5,
      })),
    ),
  }
}

function nameOf(host: number, hosts: number): string {
  return host < hosts ? `h${host}` : `calm${host - hosts}`
}

/** Every observer sees the calm hosts fine twice; the last time in the minute before `now`. */
export function calmResults(topology: DecisionTopology, now: number = NOW): readonly Evidence[] {
  return topology.checks.flatMap(({ observers, host }, check) => {
    if (topology.hosts[host]?.name.startsWith('calm') !== true) return []
    return observers.flatMap((observer) =>
      [70_000, 10_000].map((ageMs) => {
        const at = instant(now - ageMs + ((check * 7 + observer * 131) % 9_000))
        return { check, observer, at, tie: check, class: 'ok' as const, isProbe: false }
      }),
    )
  })
}

/** An engine that nobody asks, and that was given these results, and the calm ones, at `now`. */
export function engineOf(
  { topology, results }: DecisionWorld,
  parameters: Partial<DecisionParameters> = { confirm: false },
  now: Instant = NOW,
): DecisionEngine {
  const engine = new DecisionEngine(topology, parameters)
  for (const evidence of [...calmResults(topology, now), ...results]) engine.take(evidence, now)
  engine.tick(now)
  return engine
}

/** Kinds of all checks, after everybody was looked at again. */
export function kindsOf(engine: DecisionEngine, now: Instant = NOW): readonly string[] {
  for (let tick = 0; tick < 11; tick++) engine.tick(now)
  return engine.topology.checks.map((_, check) => engine.kindOf(check))
}

/** Everything in its registers, as results. */
export function heldBy(engine: DecisionEngine): readonly Evidence[] {
  const { topology, registers } = engine.snapshot()
  const held: Evidence[] = []
  let cell = 0
  for (const [check, { observers }] of topology.checks.entries()) {
    for (const observer of observers) {
      for (let k = cell * KEPT; k < (cell + 1) * KEPT; k++) {
        const at = registers.at[k] as number
        if (!Number.isFinite(at)) continue
        const kind = CLASS_NAMES[registers.kind[k] as number] ?? 'unknown'
        const tie = registers.tie[k] as number
        held.push({ check, observer, at: instant(at), tie, class: kind, isProbe: false })
      }
      cell++
    }
  }
  return held
}

/** An engine that was given all of these at `NOW`. */
export function holding(
  topology: DecisionTopology,
  ...sets: readonly (readonly Evidence[])[]
): DecisionEngine {
  const engine = new DecisionEngine(topology, { confirm: false })
  for (const evidence of sets.flat()) engine.take(evidence, NOW)
  return engine
}

/** The four newest of each cell, as the rule says, without the registers. */
export function newest(results: readonly Evidence[]): readonly Evidence[] {
  const cells = new Map<string, Evidence[]>()
  for (const one of results) {
    const key = `${one.check} ${one.observer}`
    const list = cells.get(key) ?? []
    if (!list.some(({ at, tie }) => at === one.at && tie === one.tie)) list.push(one)
    cells.set(key, list)
  }
  return [...cells.values()].flatMap((list) =>
    list.toSorted((a, b) => b.at - a.at || b.tie - a.tie).slice(0, KEPT),
  )
}

const classes: fc.Arbitrary<EvidenceClass> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<EvidenceClass>('ok') },
  { weight: 4, arbitrary: fc.constant<EvidenceClass>('timeout') },
  { weight: 3, arbitrary: fc.constant<EvidenceClass>('error') },
  { weight: 1, arbitrary: fc.constant<EvidenceClass>('unknown') },
)

const observerSites = fc
  .array(fc.constantFrom('X1', 'X2', 'X3', 'T0'), { minLength: 1, maxLength: 3 })
  .map((more) => ['X1', 'X2', ...more])

const rules = fc.oneof(
  { weight: 6, arbitrary: fc.constant<DecisionRule>('evidence') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<DecisionRule>('any', 'majority', { kOf: 2 }, { penaltyMs: 20_000 }),
  },
)

function checkShapes(observers: number): fc.Arbitrary<CheckShape> {
  return fc.record({
    observers: fc
      .uniqueArray(fc.nat(observers - 1), { minLength: 2, maxLength: observers })
      .map((list) => list.toSorted((a, b) => a - b)),
    intervalMs: fc.constantFrom(30_000, 60_000, 120_000),
    rule: rules,
    theta: fc.constantFrom(8, 12.5, 16),
  })
}

export const worldShapes: fc.Arbitrary<WorldShape> = observerSites.chain((observers) =>
  fc.record({
    observers: fc.constant(observers),
    hosts: fc.array(
      fc.record({
        site: fc.constantFrom('T0', 'T1'),
        checks: fc.array(checkShapes(observers.length), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
)

/** Results of all kinds at all times; in some worlds everything fails from some time on. */
export function resultsIn(topology: DecisionTopology): fc.Arbitrary<readonly Evidence[]> {
  const busy = topology.checks.flatMap(({ host }, check) =>
    topology.hosts[host]?.name.startsWith('calm') === true ? [] : [check],
  )
  const one = fc.record({
    check: fc.constantFrom(...busy),
    observer: fc.nat(31),
    at: fc.nat(399_999),
    tie: fc.nat(3),
    class: classes,
  })
  const breaks = fc.record({
    at: fc.constantFrom(200_000, 330_000, 500_000),
    class: fc.constantFrom<EvidenceClass>('timeout', 'timeout', 'error'),
  })
  return fc
    .record({ list: fc.array(one, { minLength: 5, maxLength: 80 }), broken: breaks })
    .map(({ list, broken }) =>
      list
        .map(({ check, observer, at, tie, class: seen }): Evidence => {
          const { observers } = topology.checks[check] ?? { observers: [] }
          return {
            check,
            observer: observers[observer % observers.length] ?? 0,
            at: instant(START + at),
            // A name has one result: equal beginnings and ties are the same one.
            tie:
              tie * 4 +
              ['ok', 'error', 'timeout', 'unknown'].indexOf(at > broken.at ? broken.class : seen),
            class: at > broken.at ? broken.class : seen,
            isProbe: false,
          }
        })
        .toSorted((a, b) => a.at - b.at),
    )
}

export const decisionWorlds: fc.Arbitrary<DecisionWorld> = worldShapes.chain((shape) => {
  const topology = decisionTopology(shape)
  return resultsIn(topology).map((results) => ({ topology, results }))
})
