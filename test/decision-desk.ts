import { instant, type Instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { EvidenceClass } from '../src/domain/evidence.ts'
import type { DecisionRule, VerdictKind } from '../src/domain/verdict.ts'
import { DecisionEngine } from '../src/results/decision/engine.ts'
import type { EvidenceUse } from '../src/results/decision/evidence.ts'
import type { DecisionParameters } from '../src/results/decision/parameters.ts'
import type { Explanation } from '../src/results/decision/receipt.ts'
import type { DecisionTopology } from '../src/results/decision/topology.ts'
import type { VerdictChange } from '../src/results/decision/verdicts.ts'

/** Instants of a desk are seconds after this. */
const DESK_START = 1_800_000_000_000

export function second(seconds: number): Instant {
  return instant(DESK_START + Math.round(seconds * 1000))
}

/** Written shortly: `{ observers: ['a@X1', 'b@X2'], hosts: { 'web@T0': ['', 'http'] } }`; the empty name is the host's own check. */
export interface DeskPlan {
  readonly observers: readonly string[]
  readonly hosts: Readonly<Record<string, readonly string[]>>
  readonly rule?: DecisionRule
  readonly theta?: number
}

const INTERVAL_S = 60

export function deskTopology({
  observers,
  hosts,
  rule = 'evidence',
  theta = 12.5,
}: DeskPlan): DecisionTopology {
  const named = Object.keys(hosts).map(split)
  const sites = [...new Set(named.map(([, site]) => site))]
  return {
    observers: observers.map(split).map(([name, site]) => ({ name, site })),
    sites,
    hosts: named.map(([name, site]) => ({ name, site: sites.indexOf(site) })),
    checks: Object.values(hosts).flatMap((checks, host) =>
      checks.map((check) => ({
        id: (check === '' ? named[host]?.[0] : `${named[host]?.[0]}!${check}`) as CheckId,
        host,
        isHostCheck: check === '',
        intervalMs: INTERVAL_S * 1000,
        timeoutMs: 10_000,
        observers: observers.map((_, v) => v),
        rule,
        theta,
      })),
    ),
  }
}

function split(text: string): readonly [name: string, site: string] {
  const [name = '', site = ''] = text.split('@')
  return [name, site]
}

/** An engine that is told in names and seconds what was seen, and says who is asked. */
export class DecisionDesk {
  readonly engine: DecisionEngine
  readonly changes: VerdictChange[] = []
  /** What was made of the last result. */
  use: EvidenceUse | undefined
  #tie = 0

  constructor(plan: DeskPlan, parameters: Partial<DecisionParameters> = {}) {
    this.engine = new DecisionEngine(deskTopology(plan), parameters)
  }

  /** A result that began at that second, and came at `now`: at once when that is left out. */
  sees(observer: string, id: string, found: EvidenceClass, at: number, now = at): this {
    const evidence = { check: this.check(id), observer: this.observer(observer), at: second(at) }
    this.use = this.engine.take(
      { ...evidence, tie: this.#tie++, class: found, isProbe: false },
      second(now),
    )
    this.changes.push(...this.engine.drainChanges())
    return this
  }

  /** All observers see all checks well in the interval before that second, each at its own time, for so many intervals. */
  calm(until: number, rounds = 1): this {
    const { checks, observers } = this.engine.topology
    const cells = checks.length * observers.length
    for (let n = 0; n < rounds * cells; n++) {
      const observer = observers[n % observers.length]?.name ?? ''
      const id = checks[Math.floor(n / observers.length) % checks.length]?.id ?? ''
      this.sees(observer, id, 'ok', until - INTERVAL_S * (rounds - (n + 1) / (cells + 1)))
    }
    return this.tick(until)
  }

  hint(observer: string, id: string, startedAt: number, now: number): this {
    this.engine.hint(this.check(id), this.observer(observer), second(startedAt), second(now))
    return this
  }

  tick(now: number): this {
    this.engine.tick(second(now))
    this.changes.push(...this.engine.drainChanges())
    return this
  }

  /** A tick in every second. */
  run(from: number, to: number): this {
    for (let now = Math.ceil(from); now <= to; now++) this.tick(now)
    return this
  }

  kindOf(id: string): VerdictKind {
    return this.engine.kindOf(this.check(id))
  }

  explain(id: string, now: number): Explanation {
    return this.engine.explain(this.check(id), second(now))
  }

  /** Who is asked about what since the last call, and why: `b web!http suspect`. */
  asks(): readonly string[] {
    const { observers, checks } = this.engine.topology
    return this.engine
      .drainAsks()
      .map(({ observer, check, why }) => `${observers[observer]?.name} ${checks[check]?.id} ${why}`)
  }

  check(id: string): number {
    return known(
      this.engine.topology.checks.findIndex((check) => check.id === id),
      id,
    )
  }

  observer(name: string): number {
    return known(
      this.engine.topology.observers.findIndex((one) => one.name === name),
      name,
    )
  }
}

function known(index: number, name: string): number {
  if (index < 0) throw new Error(`${name} is not at this desk`)
  return index
}
