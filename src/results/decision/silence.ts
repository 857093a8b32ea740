import type { Evidences } from './evidences.ts'
import { CLASS, KEPT, newestError, newestOk } from './registers.ts'
import { NEVER } from './topology.ts'

/** What the silence of the checks of a host, or of the hosts of a site, amounts to. */
export interface SilenceAssessment {
  readonly isDown: boolean
  readonly evidence: number
  /** Checks of the host, or hosts of the site, that are silent. */
  readonly silent: number
  /** So many are needed at least. */
  readonly silentNeeded: number
  /** The newest sign of life. */
  readonly aliveAt: number
  readonly seenBy: readonly SilenceSeen[]
}

/** One observer's part in it. */
export interface SilenceSeen {
  readonly observer: number
  /** Silent checks or hosts, as it sees it. */
  readonly count: number
  readonly weight: number
  /** Where its newest silence is. */
  readonly check: number
  readonly cell: number
}

/** An observer whose errors are wrong so often does not prove that a host lives. */
const BELIEVED_ERRORS = 0.1
/** A part of the hosts of a site that must be silent. */
const SILENT_HOSTS = 0.15
/** Silence as seen from one place alone proves nothing about what is behind it. */
const DOMAINS_NEEDED = 2

/**
 * A host is down when two of its checks, or its only one, are silent with enough weight behind the newest sign of life. An ERROR keeps it up and
 * blames the service. Rule EV16 of docs/spec/truth.md.
 * @param isSiteDown then what an observer inside sees is no sign that the host can be reached
 */
export function assessHost(
  of: Evidences,
  host: number,
  { now, isSiteDown }: { readonly now: number; readonly isSiteDown: boolean },
): SilenceAssessment {
  const { layout } = of
  const checks = layout.checksOf[host] ?? []
  const site = layout.topology.hosts[host]?.site ?? 0
  const silentNeeded = Math.min(2, checks.length)
  const seen = new Map<number, Silence>()
  const isSilentAtAll = (check: number) => isSilent(of, check, { now, exceptInside: -1 })
  if (!isEnough(checks, silentNeeded, isSilentAtAll))
    return amountOf(of, site, seen, { silent: 0, silentNeeded, aliveAt: NEVER })
  const aliveAt = lifeOf(of, checks, isSiteDown ? site : -1, true)
  let silent = 0
  for (const check of checks) {
    let isOne = false
    eachSilentCell(of, check, { now, aliveAt }, (cell) => {
      note(of, seen, check, cell).count++
      isOne = true
    })
    if (isOne) silent++
  }
  return amountOf(of, site, seen, { silent, silentNeeded, aliveAt })
}

/** A site is down when enough of its hosts are silent, seen from outside, since anything there was OK. Rule EV17 of docs/spec/truth.md. */
export function assessSite(of: Evidences, site: number, now: number): SilenceAssessment {
  const { layout } = of
  const hosts = layout.hostsOf[site] ?? []
  const silentNeeded = silentHostsNeeded(hosts.length)
  const seen = new Map<number, Silence>()
  const isSilentAtAll = (host: number) =>
    (layout.checksOf[host] ?? []).some((check) => isSilent(of, check, { now, exceptInside: site }))
  if (layout.topology.sites[site] === '' || !isEnough(hosts, silentNeeded, isSilentAtAll))
    return amountOf(of, site, seen, { silent: 0, silentNeeded, aliveAt: NEVER })
  let aliveAt = NEVER
  for (const host of hosts)
    aliveAt = Math.max(aliveAt, lifeOf(of, layout.checksOf[host] ?? [], site, false))
  let silent = 0
  for (const host of hosts) {
    let isOne = false
    for (const check of layout.checksOf[host] ?? []) {
      eachSilentCell(of, check, { now, aliveAt }, (cell) => {
        if (layout.insideOf[layout.observerOf[cell] as number] === site) return
        const one = note(of, seen, check, cell)
        if (one.host !== host) one.count++
        one.host = host
        isOne = true
      })
    }
    if (isOne) silent++
  }
  return amountOf(of, site, seen, { silent, silentNeeded, aliveAt })
}

/** Whether so many of them are silent at all: it costs much less to see than when they were alive. */
function isEnough(
  items: readonly number[],
  needed: number,
  isSilentAtAll: (item: number) => boolean,
): boolean {
  let found = 0
  for (const item of items) if (isSilentAtAll(item) && ++found >= needed) return true
  return false
}

/** Whether the newest word of an observer is silence, of one inside of the site aside. */
function isSilent(
  { layout, registers }: Evidences,
  check: number,
  { now, exceptInside }: { readonly now: number; readonly exceptInside: number },
): boolean {
  const { firstCell, freshMs, observerOf, insideOf } = layout
  const end = firstCell[check + 1] as number
  const freshFrom = now - (freshMs[check] as number)
  for (let cell = firstCell[check] as number; cell < end; cell++) {
    const k = cell * KEPT
    if (registers.kind[k] !== CLASS.timeout || (registers.at[k] as number) < freshFrom) continue
    if (exceptInside < 0 || insideOf[observerOf[cell] as number] !== exceptInside) return true
  }
  return false
}

/** Hosts that must be silent for a site to be down. */
export function silentHostsNeeded(hosts: number): number {
  return Math.max(2, Math.ceil(SILENT_HOSTS * hosts))
}

interface Silence {
  count: number
  check: number
  cell: number
  /** Of a site: the host that was counted last. */
  host: number
}

function note(
  { layout, registers }: Evidences,
  seen: Map<number, Silence>,
  check: number,
  cell: number,
): Silence {
  const observer = layout.observerOf[cell] as number
  let one = seen.get(observer)
  if (one === undefined) {
    one = { count: 0, check, cell, host: -1 }
    seen.set(observer, one)
  }
  if ((registers.at[cell * KEPT] as number) > (registers.at[one.cell * KEPT] as number)) {
    one.check = check
    one.cell = cell
  }
  return one
}

/** Silence that an observer sees who is not believed is none. */
function eachSilentCell(
  { layout, registers, witnesses, parameters }: Evidences,
  check: number,
  { now, aliveAt }: { readonly now: number; readonly aliveAt: number },
  found: (cell: number) => void,
): void {
  const { firstCell, freshMs, observerOf, siteOf } = layout
  const end = firstCell[check + 1] as number
  const freshFrom = now - (freshMs[check] as number)
  for (let cell = firstCell[check] as number; cell < end; cell++) {
    const k = cell * KEPT
    const seenAt = registers.at[k] as number
    if (registers.kind[k] !== CLASS.timeout || seenAt <= aliveAt || seenAt < freshFrom) continue
    const falseRate = witnesses.falseRate(
      observerOf[cell] as number,
      siteOf[check] as number,
      CLASS.timeout,
    )
    if (falseRate < parameters.pTimeout) found(cell)
  }
}

/** Each failure domain counts once, with its heaviest observer. */
function amountOf(
  { layout, witnesses, parameters }: Evidences,
  site: number,
  seen: ReadonlyMap<number, Silence>,
  counts: Pick<SilenceAssessment, 'silent' | 'silentNeeded' | 'aliveAt'>,
): SilenceAssessment {
  const heaviest = new Map<number, number>()
  const seenBy: SilenceSeen[] = []
  for (const [observer, { count, check, cell }] of seen) {
    const weight = witnesses.weight(observer, site, CLASS.timeout, count)
    seenBy.push({ observer, count, weight, check, cell })
    const domain = layout.domainOf[observer] as number
    if (weight > (heaviest.get(domain) ?? 0)) heaviest.set(domain, weight)
  }
  let evidence = 0
  for (const weight of heaviest.values()) evidence += weight
  const isDown =
    evidence >= parameters.theta &&
    heaviest.size >= DOMAINS_NEEDED &&
    counts.silent >= counts.silentNeeded
  return { ...counts, isDown, evidence, seenBy }
}

/**
 * The newest sign of life of these checks.
 * @param exceptInside observers that stand in this site are not asked
 * @param withErrors an answer is one as well, however bad
 */
function lifeOf(
  { layout, registers, witnesses }: Evidences,
  checks: readonly number[],
  exceptInside: number,
  withErrors: boolean,
): number {
  const { firstCell, observerOf, insideOf, siteOf } = layout
  let aliveAt = NEVER
  for (const check of checks) {
    const end = firstCell[check + 1] as number
    for (let cell = firstCell[check] as number; cell < end; cell++) {
      if ((registers.at[cell * KEPT] as number) <= aliveAt) continue
      const v = observerOf[cell] as number
      if (exceptInside >= 0 && insideOf[v] === exceptInside) continue
      const okAt = newestOk(registers, cell)
      const errorAt = withErrors ? newestError(registers, cell) : NEVER
      if (Math.max(okAt, errorAt) <= aliveAt || witnesses.isLiar(v)) continue
      aliveAt = Math.max(aliveAt, okAt)
      const site = siteOf[check] as number
      if (errorAt > aliveAt && witnesses.falseRate(v, site, CLASS.error) < BELIEVED_ERRORS)
        aliveAt = errorAt
    }
  }
  return aliveAt
}
