import type { Evidences } from './evidences.ts'
import { explainAbove } from './explain.ts'
import type { SilenceSeenAbove } from './receipt.ts'
import { assessHost, assessSite, silentHostsNeeded } from './silence.ts'
import type { SiteSigns } from './site-signs.ts'
import type { Suspects } from './suspects.ts'

/** A site with more cells than this is not assessed more often than its pause allows; the tick makes up for it. */
const LARGE_SITE = 5_000
const LARGE_SITE_PAUSE_MS = 200

/** The hosts and sites that are down, each with why. All checks below one share that. Rules EV16 and EV17 of docs/spec/truth.md. */
export class Above {
  readonly #of: Evidences
  readonly #suspects: Suspects
  readonly #signs: SiteSigns
  readonly #hosts = new Map<number, SilenceSeenAbove>()
  readonly #sites = new Map<number, SilenceSeenAbove>()
  readonly #siteJudgedAt: Float64Array
  /** What was assessed in this tick. */
  #judged: { readonly hosts: Set<number>; readonly sites: Set<number> } | undefined

  constructor(of: Evidences, suspects: Suspects, signs: SiteSigns) {
    this.#of = of
    this.#suspects = suspects
    this.#signs = signs
    this.#siteJudgedAt = new Float64Array(of.layout.topology.sites.length).fill(-Infinity)
  }

  /** The highest that is down above a check. */
  of(check: number): SilenceSeenAbove | null {
    if (this.#sites.size === 0 && this.#hosts.size === 0) return null
    const { hostOf, siteOf } = this.#of.layout
    const site = this.#sites.get(siteOf[check] as number)
    return site ?? this.#hosts.get(hostOf[check] as number) ?? null
  }

  /** Within a tick everything is assessed once. */
  beginTick(): void {
    this.#judged = { hosts: new Set(), sites: new Set() }
  }

  endTick(): void {
    this.#judged = undefined
  }

  /** Site and host of a check, whatever was known of them. */
  assess(check: number, now: number): void {
    const { hostOf, siteOf } = this.#of.layout
    const site = siteOf[check] as number
    const host = hostOf[check] as number
    if (isDue(this.#judged?.sites, site)) this.#judgeSite(site, now)
    if (isDue(this.#judged?.hosts, host)) this.#judgeHost(host, now)
  }

  /**
   * Assesses host and site of a check of which something new is known, as far as it can matter.
   * @returns the checks below whatever went down or came back
   */
  judge(check: number, isFailing: boolean, now: number): readonly number[] {
    const { hostOf, siteOf, checksOf, hostsOf } = this.#of.layout
    const host = hostOf[check] as number
    const site = siteOf[check] as number
    const isWorthIt = isFailing || this.#sites.has(site)
    if (!isWorthIt && !this.#hosts.has(host)) return []
    const below: number[] = []
    if (isDue(this.#judged?.hosts, host) && this.#judgeHost(host, now))
      below.push(...(checksOf[host] ?? []))
    const isPossible = isWorthIt && this.#canSiteBeDown(site)
    if (!isPossible || !this.#isSiteDue(site, now) || !this.#judgeSite(site, now)) return below
    const all: number[] = []
    for (const one of hostsOf[site] ?? []) {
      // What observers inside see counts again, or no more.
      if (this.#hosts.has(one)) this.#judgeHost(one, now)
      for (const other of checksOf[one] ?? []) all.push(other)
    }
    return all
  }

  /**
   * Silence that nothing from outside contradicts makes a suspect of its check, so they are enough to tell when a site cannot be down; an OK from
   * inside, which counts for the check, hides some of them.
   */
  #canSiteBeDown(site: number): boolean {
    if (this.#sites.has(site)) return true
    const { hasInside, hostsOf } = this.#of.layout
    const silentNeeded = silentHostsNeeded(hostsOf[site]?.length ?? 0)
    const suspectsNeeded = hasInside[site] === 1 ? 2 : silentNeeded
    return (
      this.#suspects.hostsIn(site) >= suspectsNeeded && this.#signs.areSilent(site, silentNeeded)
    )
  }

  /** @returns whether it went down or came back */
  #judgeHost(host: number, now: number): boolean {
    const isSiteDown = this.#sites.has(this.#of.layout.topology.hosts[host]?.site ?? 0)
    const found = assessHost(this.#of, host, { now, isSiteDown })
    const was = this.#hosts.has(host)
    if (found.isDown) this.#hosts.set(host, explainAbove(this.#of, 'host', host, found))
    else this.#hosts.delete(host)
    return was !== found.isDown
  }

  #judgeSite(site: number, now: number): boolean {
    const found = assessSite(this.#of, site, now)
    const was = this.#sites.has(site)
    if (found.isDown) this.#sites.set(site, explainAbove(this.#of, 'site', site, found))
    else this.#sites.delete(site)
    return was !== found.isDown
  }

  #isSiteDue(site: number, now: number): boolean {
    if (!isDue(this.#judged?.sites, site)) return false
    const isLarge = (this.#of.layout.cellsOfSite[site] as number) > LARGE_SITE
    const sinceMs = now - (this.#siteJudgedAt[site] as number)
    if (isLarge && this.#judged === undefined && sinceMs < LARGE_SITE_PAUSE_MS) return false
    this.#siteJudgedAt[site] = now
    return true
  }
}

function isDue(judged: Set<number> | undefined, number: number): boolean {
  if (judged === undefined) return true
  if (judged.has(number)) return false
  judged.add(number)
  return true
}
