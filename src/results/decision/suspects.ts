import type { Layout } from './topology.ts'

/** Checks that must be judged again while time passes, and how many hosts of each site have one. */
export class Suspects {
  readonly #layout: Layout
  readonly #checks = new Set<number>()
  /** Those of the present round that were not handed out yet, the next one last. */
  #round: number[] = []
  readonly #ofHost: Int32Array
  readonly #hostsOfSite: Int32Array

  constructor(layout: Layout) {
    this.#layout = layout
    this.#ofHost = new Int32Array(layout.topology.hosts.length)
    this.#hostsOfSite = new Int32Array(layout.topology.sites.length)
  }

  has(check: number): boolean {
    return this.#checks.has(check)
  }

  add(check: number): void {
    if (this.#checks.has(check)) return
    this.#checks.add(check)
    this.#count(check, 1)
  }

  delete(check: number): void {
    if (this.#checks.delete(check)) this.#count(check, -1)
  }

  /** A copy. */
  all(): readonly number[] {
    return [...this.#checks]
  }

  /** So many at most, those that were not handed out for longest first: a round goes over all. */
  next(max: number): readonly number[] {
    if (this.#round.length === 0) this.#round = [...this.#checks].reverse()
    const due: number[] = []
    while (due.length < max && this.#round.length > 0) {
      const check = this.#round.pop() as number
      if (this.#checks.has(check)) due.push(check)
    }
    return due
  }

  hostsIn(site: number): number {
    return this.#hostsOfSite[site] as number
  }

  #count(check: number, by: 1 | -1): void {
    const host = this.#layout.hostOf[check] as number
    const site = this.#layout.siteOf[check] as number
    const before = this.#ofHost[host] as number
    this.#ofHost[host] = before + by
    if (before === 0) this.#hostsOfSite[site] = (this.#hostsOfSite[site] as number) + 1
    else if (before + by === 0) this.#hostsOfSite[site] = (this.#hostsOfSite[site] as number) - 1
  }
}
