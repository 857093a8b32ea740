import { prng } from '../../base/prng.ts'
import { chance } from '../chance.ts'
import type { Fault, FaultKind } from './faults.ts'
import type { WorldRates } from './rates.ts'
import { serviceChecksOf, type WorldTopology } from './topology.ts'

const DAY_MS = 86_400_000
/** Nothing happens in the first and the last minutes. */
const QUIET_MS = 120_000
const ENDS_BEFORE_MS = 60_000
const FLAP_ROOM_MS = 3_000_000
/** A mean above this is drawn in halves: its exponential would come to nothing. */
const POISSON_MEAN_MAX = 200
const POISSON_MAX = 500

export interface FaultPlan {
  /** In the order of their begin. */
  readonly faults: readonly Fault[]
  /** By observer: how wrong its wall clock is, in ms. */
  readonly skews: readonly number[]
}

/** What happens in the world of a seed. The order of the draws is part of it: the same seed gives the same faults in every version. */
export function planFaults(
  topology: WorldTopology,
  seed: number,
  durationMs: number,
  rates: WorldRates,
): FaultPlan {
  const draw = new FaultDraw(topology, seed, durationMs)
  drawTargetFaults(draw, rates)
  drawWayFaults(draw, rates)
  for (let v = 0; v < topology.observers.length; v++) drawObserverFaults(draw, rates, v)
  drawBursts(draw, rates)
  const skews = topology.observers.map(() =>
    draw.random() < rates.skewShare
      ? Math.floor((draw.random() * 180 - 90) * 1000)
      : Math.floor((draw.random() - 0.5) * 40),
  )
  for (let left = draw.poisson(rates.step); left > 0; left--) {
    const observer = draw.pick(topology.observers.length)
    const sign = draw.random() < 0.5 ? -1 : 1
    const offsetMs = Math.floor(sign * (30 + 270 * draw.random()) * 1000)
    draw.add({ type: 'step', observer, offsetMs }, draw.lengthMs(1800, 7200))
  }
  const faults = draw.drawn.toSorted((a, b) => a.from - b.from).map((one, id) => ({ ...one, id }))
  return { faults, skews }
}

class FaultDraw {
  readonly topology: WorldTopology
  readonly durationMs: number
  readonly random: () => number
  readonly drawn: ({ readonly from: number; readonly to: number } & FaultKind)[] = []

  constructor(topology: WorldTopology, seed: number, durationMs: number) {
    this.topology = topology
    this.durationMs = durationMs
    this.random = prng(chance(seed, 77, topology.observers.length, 3))
  }

  pick(n: number): number {
    return Math.floor(this.random() * n)
  }

  /** Log-uniform between two lengths in seconds. */
  lengthMs(shortest: number, longest: number): number {
    const from = Math.log(shortest)
    return Math.exp(from + this.random() * (Math.log(longest) - from)) * 1000
  }

  /** How many there are, at so many a day. */
  poisson(perDay: number): number {
    return this.#poissonOf(perDay * (this.durationMs / DAY_MS))
  }

  #poissonOf(mean: number): number {
    if (mean > POISSON_MEAN_MAX) return this.#poissonOf(mean / 2) + this.#poissonOf(mean / 2)
    let count = 0
    let term = Math.exp(-mean)
    let sum = term
    const level = this.random()
    while (level > sum && count < POISSON_MAX) {
      count++
      term *= mean / count
      sum += term
    }
    return count
  }

  /** At some time of the world. */
  add(fault: FaultKind, lengthMs: number): void {
    const from = Math.floor(QUIET_MS + this.random() * (this.durationMs - 2 * QUIET_MS))
    const to = Math.min(this.durationMs - ENDS_BEFORE_MS, Math.floor(from + lengthMs))
    this.drawn.push({ ...fault, from, to })
  }
}

function drawTargetFaults(draw: FaultDraw, rates: WorldRates): void {
  const services = serviceChecksOf(draw.topology)
  const aService = (): number => services[draw.pick(services.length)] as number
  for (let left = draw.poisson(rates.service); left > 0; left--) {
    const level = draw.random()
    const check = aService()
    const how = level < 0.6 ? 'refused' : level < 0.85 ? 'hang' : 'bad'
    draw.add({ type: 'service', check, how, isFlap: false }, draw.lengthMs(20, 3600))
  }
  for (let left = draw.poisson(rates.blip); left > 0; left--) {
    const check = aService()
    draw.add({ type: 'service', check, how: 'refused', isFlap: false }, draw.lengthMs(2, 10))
  }
  for (let left = draw.poisson(rates.flap); left > 0; left--) drawFlapping(draw, aService())
  for (let left = draw.poisson(rates.host); left > 0; left--) {
    const host = draw.pick(draw.topology.hosts.length)
    const isRefusedSoon = draw.random() < 0.5
    draw.add({ type: 'host', host, isRefusedSoon }, draw.lengthMs(60, 3600))
  }
  for (let left = draw.poisson(rates.site); left > 0; left--) {
    const site = draw.pick(draw.topology.sites.length)
    const isOutOfBand = draw.random() < 0.3
    draw.add({ type: 'site', site, isOutOfBand }, draw.lengthMs(60, 1800))
  }
}

/** Down for 20 to 90 s, up for as long, and so on. */
function drawFlapping(draw: FaultDraw, check: number): void {
  const { durationMs } = draw
  const someMs = (): number => Math.floor((20 + 70 * draw.random()) * 1000)
  const room = Math.max(0, durationMs - FLAP_ROOM_MS)
  let at = Math.floor(QUIET_MS + draw.random() * room)
  const end = at + draw.lengthMs(1200, 2400)
  while (at < end && at < durationMs - QUIET_MS) {
    const downMs = someMs()
    draw.drawn.push({
      type: 'service',
      check,
      how: 'refused',
      isFlap: true,
      from: at,
      to: at + downMs,
    })
    at += downMs + someMs()
  }
}

function drawWayFaults(draw: FaultDraw, rates: WorldRates): void {
  const { observers, observerSites, sites, hosts } = draw.topology
  const ways = observerSites.length
  for (let left = draw.poisson(rates.path); left > 0; left--) {
    const one = draw.pick(ways)
    const site = draw.pick(sites.length)
    draw.add({ type: 'path', observerSites: [one], site }, draw.lengthMs(30, 1800))
  }
  for (let left = ways >= 4 ? draw.poisson(rates.pathGroup) : 0; left > 0; left--) {
    const one = draw.pick(ways)
    const drawn = draw.pick(ways)
    const other = drawn === one ? (drawn + 1) % ways : drawn
    const hit = observers.filter(({ site }) => site === one || site === other).length
    const both = hit * 2 <= observers.length ? [one, other] : [one]
    const site = draw.pick(sites.length)
    draw.add({ type: 'path', observerSites: both, site }, draw.lengthMs(30, 1800))
  }
  for (let left = draw.poisson(rates.ban); left > 0; left--) {
    const observer = draw.pick(observers.length)
    const host = draw.pick(hosts.length)
    const isSilent = draw.random() < 0.5
    draw.add({ type: 'ban', observer, host, isSilent }, draw.lengthMs(600, 7200))
  }
}

function drawObserverFaults(draw: FaultDraw, rates: WorldRates, observer: number): void {
  for (let left = draw.poisson(rates.overload); left > 0; left--) {
    const severity = 0.3 + 0.65 * draw.random()
    draw.add({ type: 'overload', observer, severity }, draw.lengthMs(120, 3600))
  }
  for (let left = draw.poisson(rates.isolate); left > 0; left--) {
    const isOutOfBand = draw.random() < 0.5
    draw.add({ type: 'isolate', observer, isOutOfBand }, draw.lengthMs(60, 1800))
  }
  for (let left = draw.poisson(rates.misconf); left > 0; left--)
    draw.add({ type: 'misconf', observer }, draw.lengthMs(300, 3600))
  for (let left = draw.poisson(rates.stuck); left > 0; left--)
    draw.add({ type: 'stuck', observer }, draw.lengthMs(600, 3600))
}

function drawBursts(draw: FaultDraw, rates: WorldRates): void {
  const { observerSites, sites } = draw.topology
  for (let left = draw.poisson(rates.burst); left > 0; left--) {
    const one = draw.pick(observerSites.length)
    const site = draw.pick(sites.length)
    const severity = 0.05 + 0.45 * draw.random()
    draw.add({ type: 'burst', observerSites: [one], site, severity }, draw.lengthMs(60, 900))
  }
}
