import type { CauseScope } from '../outage.ts'
import type { WorldTopology } from '../world/topology.ts'

/** What is down is told after so long: until then it may be the host's or the site's. */
const WAITS_MS = 2_000
/** What comes to the same host or site within so long was told already. */
const SAME_WITHIN_MS = 60_000

/** Who is down now, and why; `undefined`: it is up. */
export type ScopeOf = (check: number) => CauseScope | undefined

/** Counts how often somebody would be told: once for each service, host or site that is down, whatever hangs on it. */
export class Bell {
  readonly #topology: WorldTopology
  readonly #scopeOf: ScopeOf
  readonly #toldAt = new Map<string, number>()
  #waiting: { readonly dueAt: number; readonly check: number }[] = []
  #pages = 0

  constructor(topology: WorldTopology, scopeOf: ScopeOf) {
    this.#topology = topology
    this.#scopeOf = scopeOf
  }

  get pages(): number {
    return this.#pages
  }

  ring(check: number, now: number): void {
    this.#waiting.push({ dueAt: now + WAITS_MS, check })
  }

  /** @param down all that are down now */
  tick(now: number, down: Iterable<number>): void {
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= now)
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter(({ dueAt }) => dueAt > now)
      for (const { check } of due) this.#tell(check, now)
    }
    for (const check of down) {
      const scope = this.#scopeOf(check)
      if (scope === 'host' || scope === 'site') this.#toldAt.set(this.#subject(check, scope), now)
    }
  }

  #tell(check: number, now: number): void {
    const scope = this.#scopeOf(check)
    if (scope === undefined || scope === 'service') {
      this.#pages++
      return
    }
    const subject = this.#subject(check, scope)
    if (now - (this.#toldAt.get(subject) ?? Number.NEGATIVE_INFINITY) > SAME_WITHIN_MS)
      this.#pages++
    this.#toldAt.set(subject, now)
  }

  #subject(check: number, scope: CauseScope): string {
    const { host = 0, site = 0 } = this.#topology.checks[check] ?? {}
    return scope === 'site' ? `site ${site}` : `host ${host}`
  }
}
