import type { z } from 'zod'
import type { EvidenceClass } from '../../domain/evidence.ts'
import type { Outage } from '../outage.ts'
import type { Truth } from '../scoring/score.ts'
import type { Fault } from '../world/faults.ts'
import type { WorldTopology } from '../world/topology.ts'
import {
  COLUMNS,
  problemOf,
  resultLine,
  topologyLine,
  truthLine,
  type TopologyLine,
  type TruthLine,
} from './schema.ts'

/** A line of a trace cannot be used. */
export class TraceFault extends Error {
  override readonly name = 'TraceFault'
  /** From 1. */
  readonly line: number
  readonly hint: string

  constructor(line: number, message: string, hint: string) {
    super(message)
    this.line = line
    this.hint = hint
  }
}

/** Results of several observers with the truth behind them, and names for all numbers. */
export interface Trace extends Truth {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly names: TraceNames
  /** In the order in which they came. */
  readonly lines: readonly TraceLine[]
}

export interface TraceNames {
  readonly hosts: readonly string[]
  readonly checks: readonly string[]
}

export interface TraceLine {
  readonly observer: number
  readonly check: number
  readonly class: EvidenceClass
  /** Begin by the observer's corrected time, and by its wall clock. */
  readonly at: number
  readonly rawAt: number
  readonly seq: number
  readonly arrivesAtA: number
  /** `undefined`: lost on the way. */
  readonly arrivesAtB: number | undefined
  readonly isProbe: boolean
}

export const TRACE_LINES_MAX = 5_000_000

/** @throws TraceFault naming the line */
export async function readTrace(lines: AsyncIterable<string> | Iterable<string>): Promise<Trace> {
  let reader: TraceReader | undefined
  let number = 0
  for await (const text of lines) {
    number++
    if (number > TRACE_LINES_MAX)
      throw new TraceFault(number, `more than ${TRACE_LINES_MAX} lines`, 'cut the trace in pieces')
    if (text.trim() === '') continue
    const value = parsed(text, number)
    if (reader === undefined) reader = new TraceReader(value, number)
    else reader.take(value, number)
  }
  if (reader === undefined)
    throw new TraceFault(1, 'the trace is empty', 'its first line is the topology')
  return reader.end(number)
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const what = error instanceof Error ? error.message : ''
    throw new TraceFault(line, `this is no JSON: ${what}`, 'one JSON value to a line')
  }
}

function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  line: number,
  hint: string,
): z.infer<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new TraceFault(line, problemOf(result.error), hint)
}

const FIRST = 'the first line is {"kind":"topology", ...} with vantages, sites, hosts and services'
const RESULT = `a result is [${COLUMNS.join(', ')}]`
const LAST = 'the last line is {"kind":"truth", "outages": [...], "observerFaults": [...]}'

class TraceReader {
  readonly #top: TopologyLine
  readonly #topology: WorldTopology
  readonly #observers: ReadonlyMap<string, number>
  readonly #checks: ReadonlyMap<string, number>
  readonly #lines: TraceLine[] = []
  #truth: { readonly line: TruthLine; readonly number: number } | undefined

  constructor(first: unknown, number: number) {
    this.#top = checked(topologyLine, first, number, FIRST)
    this.#observers = numbered(this.#top.vantages, 'vantage', number)
    this.#checks = numbered(this.#top.services, 'service', number)
    this.#topology = topologyOf(this.#top, number)
  }

  take(value: unknown, number: number): void {
    if (this.#truth !== undefined)
      throw new TraceFault(
        number,
        `there is a line behind the truth in line ${this.#truth.number}`,
        LAST,
      )
    if (!Array.isArray(value)) {
      this.#truth = { line: checked(truthLine, value, number, LAST), number }
      return
    }
    const [vantage, service, kind, at, rawAt, seq, arrivesAtA, arriveB, extra] = checked(
      resultLine,
      value,
      number,
      RESULT,
    )
    this.#lines.push({
      observer: found(this.#observers, vantage, 'vantage', number),
      check: found(this.#checks, service, 'service', number),
      class: kind,
      at,
      rawAt,
      seq,
      arrivesAtA,
      arrivesAtB: arriveB ?? undefined,
      isProbe: extra === 1,
    })
  }

  end(number: number): Trace {
    if (this.#truth === undefined)
      throw new TraceFault(
        number,
        'the trace ends without its truth: there is nothing to score it by',
        LAST,
      )
    const { line, number: at } = this.#truth
    const { intervalMs, timeoutMs, durationMs, hosts, services } = this.#top
    const outages: Outage[][] = services.map(() => [])
    for (const outage of line.outages) {
      const { from, to, cause, flap } = outage
      const check = found(this.#checks, outage.service, 'service', at)
      const isMixed = cause.length > 1
      outages[check]?.push({ from, to, scopes: cause, faults: [], isMixed, isFlap: flap === true })
    }
    return {
      topology: this.#topology,
      durationMs,
      intervalMs,
      timeoutMs,
      names: { hosts: hosts.map(({ id }) => id), checks: services.map(({ id }) => id) },
      lines: this.#lines.toSorted((a, b) => a.arrivesAtA - b.arrivesAtA),
      truth: outages.map((list) => list.toSorted((a, b) => a.from - b.from)),
      faults: line.observerFaults.map((fault, id) => this.#faultOf(fault, id, at)),
    }
  }

  #faultOf(
    { type, from, to, vantages, site, host }: TruthLine['observerFaults'][number],
    id: number,
    line: number,
  ): Fault {
    const all = vantages.map((name) => found(this.#observers, name, 'vantage', line))
    const observer = all[0] ?? 0
    const span = { id, from, to }
    const { sites, observers } = this.#topology
    const observerSites = all.map((one) => observers[one]?.site ?? 0)
    const siteNumber = (): number => known(sites, site, 'site', line)
    const hostNumber = (): number =>
      known(
        this.#top.hosts.map((one) => one.id),
        host,
        'host',
        line,
      )
    switch (type) {
      case 'path':
        return { ...span, type, observerSites, site: siteNumber() }
      case 'burst':
        return { ...span, type, observerSites, site: siteNumber(), severity: 1 }
      case 'ban':
        return { ...span, type, observer, host: hostNumber(), isSilent: true }
      case 'overload':
        return { ...span, type, observer, severity: 1 }
      case 'isolate':
        return { ...span, type, observer, isOutOfBand: false }
      case 'step':
        return { ...span, type, observer, offsetMs: 0 }
      case 'misconf':
      case 'stuck':
        return { ...span, type, observer }
    }
  }
}

function numbered(
  items: readonly { readonly id: string }[],
  what: string,
  line: number,
): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>()
  for (const [number, { id }] of items.entries()) {
    if (numbers.has(id))
      throw new TraceFault(line, `there are two of ${what} '${id}'`, `name each ${what} once`)
    numbers.set(id, number)
  }
  return numbers
}

function found(
  numbers: ReadonlyMap<string, number>,
  name: string,
  what: string,
  line: number,
): number {
  const number = numbers.get(name)
  if (number !== undefined) return number
  throw new TraceFault(
    line,
    `there is no ${what} '${name}'`,
    `the topology in the first line names every ${what}`,
  )
}

function known(
  names: readonly string[],
  name: string | undefined,
  what: string,
  line: number,
): number {
  const number = names.indexOf(name ?? '')
  if (number >= 0) return number
  const fault = name === undefined ? `a fault without its ${what}` : `there is no ${what} '${name}'`
  throw new TraceFault(line, fault, `the topology in the first line names every ${what}`)
}

function topologyOf(top: TopologyLine, line: number): WorldTopology {
  const { vantages, sites, services } = top
  numbered(
    sites.map((id) => ({ id })),
    'site',
    line,
  )
  const hostNumbers = numbered(top.hosts, 'host', line)
  const hosts = top.hosts.map(({ site }) => ({ site: known(sites, site, 'site', line) }))
  const observerSites = [...new Set(vantages.map(({ site }) => site))]
  const checks = services.map(({ host: name, check }) => {
    const host = found(hostNumbers, name, 'host', line)
    return { host, site: hosts[host]?.site ?? 0, isHostCheck: check === 'alive' }
  })
  const checksOf: number[][] = hosts.map(() => [])
  for (const [check, { host, isHostCheck }] of checks.entries()) {
    if (isHostCheck) checksOf[host]?.unshift(check)
    else checksOf[host]?.push(check)
  }
  const hostsOf: number[][] = sites.map(() => [])
  for (const [host, { site }] of hosts.entries()) hostsOf[site]?.push(host)
  return {
    observers: vantages.map(({ id, site }) => ({
      name: id,
      site: observerSites.indexOf(site),
      insideOf: sites.indexOf(site),
    })),
    observerSites,
    sites,
    hosts,
    checks,
    checksOf,
    hostsOf,
  }
}
