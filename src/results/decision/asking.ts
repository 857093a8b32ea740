import type { Instant } from '../../base/instant.ts'
import type { CheckAssessment } from './check-assessment.ts'
import type { Evidences } from './evidences.ts'
import { failingSince } from './failing.ts'
import { isElected, SECOND_ASKS_AFTER_MS } from './election.ts'
import { reasonOf } from './explain.ts'
import { CLASS, isFailure, KEPT } from './registers.ts'
import { TokenBuckets } from './token-buckets.ts'
import { cellOf, NEVER } from './topology.ts'

/** An observer is to run a check now. */
export interface Ask {
  readonly check: number
  readonly observer: number
  readonly timeoutMs: number
  readonly why: 'suspect' | 'hint' | 'contested' | 'recovery' | 'host-alive'
  readonly at: Instant
}

/** After so many rounds without a decision the pause between them doubles, up to 16 times. */
const ROUNDS_BEFORE_BACKOFF = 3
const DOUBLINGS_MAX = 4
/** A doubt that was quiet for so long begins anew. */
const FORGOTTEN_MS = 60_000
const CONTEST_EVERY_MS = 20_000
const HINT_EVERY_MS = 4_000
const ALIVE_EVERY_MS = 5_000

interface Wanted {
  /** Observers whose sites are not asked. */
  readonly except: readonly number[]
  readonly count: number
  /** One that began after this has just been there. */
  readonly newerThan: number
  /** For silence the host's own check is asked about as well. */
  readonly isSilence: boolean
  readonly why: Ask['why']
}

/** Asks other observers when there is a doubt. Effects of one hub only: nothing here is evidence. Rules EV18 to EV21 of docs/spec/truth.md. */
export class Asking {
  readonly #of: Evidences
  readonly #tokens: TokenBuckets
  readonly #askedAt: Float64Array
  readonly #rounds: Uint8Array
  readonly #contestedAt = new Map<number, number>()
  readonly #aliveAskedAt = new Map<number, number>()
  /** Doubts that are another hub's to ask about, until when it may. */
  readonly #left = new Map<number, { readonly at: number; readonly again: (now: number) => void }>()
  #turn = 0
  #asks: Ask[] = []

  /** @param tokens left of each observer */
  constructor(of: Evidences, tokens: Float64Array) {
    const { topology } = of.layout
    this.#of = of
    this.#tokens = new TokenBuckets(tokens, of.parameters.bucket, of.parameters.tokensPerSecond)
    this.#askedAt = new Float64Array(topology.checks.length).fill(NEVER)
    this.#rounds = new Uint8Array(topology.checks.length)
  }

  /** When a check was asked about last, or `NEVER`. */
  askedAt(check: number): number {
    return this.#askedAt[check] as number
  }

  /** Left of each observer. */
  tokens(): Float64Array {
    return this.#tokens.left()
  }

  drain(): readonly Ask[] {
    const asks = this.#asks
    if (asks.length > 0) this.#asks = []
    return asks
  }

  /** A failure is not decided. */
  doubt(check: number, found: CheckAssessment, now: number): void {
    const { parameters } = this.#of
    const isWeighed = this.#of.layout.topology.checks[check]?.rule === 'evidence'
    const isWorthIt = isWeighed ? found.evidence >= parameters.askFrom : found.evidence > 0
    if (!parameters.confirm || !isWorthIt) return
    const sinceMs = now - (this.#askedAt[check] as number)
    const rounds = sinceMs > FORGOTTEN_MS ? 0 : (this.#rounds[check] as number)
    const doublings = Math.max(0, Math.min(DOUBLINGS_MAX, rounds - ROUNDS_BEFORE_BACKOFF))
    if (sinceMs < parameters.reaskMs * 2 ** doublings) return
    if (!this.#isCausedByBelieved(check, found.okAt, now)) return
    this.#rounds[check] = Math.min(255, rounds + 1)
    this.#askedAt[check] = now
    this.#whenElected(check, now, (at) => {
      const failing = failingSince(this.#of, check, found.okAt, at)
      const isSilence = failing.some(({ kind }) => kind === CLASS.timeout)
      const except = failing.map(({ observer }) => observer)
      const { needed, evidence } = found
      const count = isWeighed ? this.#countFor(needed, evidence) : Math.ceil(needed - evidence)
      const wanted = { newerThan: at - 3000, isSilence, why: 'suspect' } as const
      if (this.#ask(check, { ...wanted, except, count }, at) > 0) return
      this.#ask(check, { ...wanted, except: [], count: 2, isSilence: true }, at)
    })
  }

  /** What observers that are set aside say is no reason to ask: an overloaded one would make more load. */
  #isCausedByBelieved(check: number, okAt: number, now: number): boolean {
    return failingSince(this.#of, check, okAt, now).some(
      ({ observer, weight }) =>
        weight >= this.#of.parameters.askFrom && reasonOf(this.#of, observer, now) === undefined,
    )
  }

  /** An observer still waits for an answer. */
  hint(check: number, observer: number, startedAt: number, now: number): void {
    const { parameters, witnesses, layout } = this.#of
    if (!parameters.confirm || !parameters.hints) return
    if (reasonOf(this.#of, observer, now) !== undefined) return
    const site = layout.siteOf[check] as number
    const theta = layout.topology.checks[check]?.theta ?? parameters.theta
    if (witnesses.weight(observer, site, CLASS.timeout, 1) < parameters.askFrom) return
    if (now - (this.#askedAt[check] as number) < HINT_EVERY_MS) return
    this.#askedAt[check] = now
    this.#whenElected(check, now, (at) => {
      const wanted = { except: [observer], count: this.#countFor(theta, 0), newerThan: startedAt }
      this.#ask(check, { ...wanted, isSilence: true, why: 'hint' }, at)
    })
  }

  /** The first OK of what was down, or of what hung on something that was down. */
  recovery(check: number, now: number): void {
    const { parameters, layout, registers } = this.#of
    if (!parameters.confirm || now - (this.#askedAt[check] as number) < parameters.reaskMs) return
    this.#askedAt[check] = now
    this.#whenElected(check, now, (at) => {
      const except: number[] = []
      this.#eachCell(check, (cell) => {
        const k = cell * KEPT
        const isOk = registers.kind[k] === CLASS.ok
        if (isOk && at - (registers.at[k] as number) < 10_000)
          except.push(layout.observerOf[cell] as number)
      })
      const wanted = { newerThan: at - 3000, isSilence: false, why: 'recovery' } as const
      this.#ask(check, { ...wanted, except, count: 2 }, at)
    })
  }

  /** One OK against failures from two sites: the failing side repeats itself. */
  contest(check: number, observer: number, okAt: number, now: number): void {
    const { parameters, layout, registers, witnesses } = this.#of
    if (!parameters.confirm) return
    const { bitOf, observerOf, siteOf } = layout
    const own = cellOf(layout, check, observer)
    const who: number[] = []
    let bits = 0
    this.#eachCell(check, (cell) => {
      const k = cell * KEPT
      const failedAt = registers.at[k] as number
      const code = registers.kind[k] as number
      const bit = 1 << (bitOf[cell] as number)
      if (bitOf[cell] === bitOf[own] || !isFailure(code)) return
      if (failedAt < now - FORGOTTEN_MS || failedAt > okAt || (bits & bit) !== 0) return
      const other = observerOf[cell] as number
      const weight = witnesses.weight(other, siteOf[check] as number, code, 1)
      if (weight < parameters.askFrom || reasonOf(this.#of, other, now) !== undefined) return
      bits |= bit
      who.push(other)
    })
    if (who.length < 2) return
    if (now - (this.#contestedAt.get(check) ?? NEVER) < CONTEST_EVERY_MS) return
    this.#contestedAt.set(check, now)
    this.#whenElected(check, now, (at) => {
      this.#tokens.fill(at)
      for (const other of who) this.#want(check, other, 'contested', at)
    })
  }

  /** Questions that were another hub's are asked now when nothing has come. */
  tick(now: number): void {
    for (const [check, { at, again }] of this.#left) {
      if (now - at < SECOND_ASKS_AFTER_MS) continue
      this.#left.delete(check)
      if (this.#newestOf(check) <= at) again(now)
    }
    if (this.#contestedAt.size > 10_000) forget(this.#contestedAt, now - CONTEST_EVERY_MS)
    if (this.#aliveAskedAt.size > 10_000) forget(this.#aliveAskedAt, now - ALIVE_EVERY_MS)
  }

  #whenElected(check: number, now: number, ask: (now: number) => void): void {
    const { parameters, layout } = this.#of
    if (isElected(parameters.election, layout.topology.checks[check]?.id ?? '')) ask(now)
    else if (!this.#left.has(check)) this.#left.set(check, { at: now, again: ask })
  }

  /** So many silent answers decide it, with nothing else. */
  #countFor(needed: number, evidence: number): number {
    const { pTimeout, q0Timeout } = this.#of.parameters
    const each = Math.log(pTimeout / q0Timeout)
    return Math.max(1, Math.ceil((needed - evidence) / each))
  }

  /** Observers in other sites, in turn: healthy ones outside of the target first, then any. @returns how many */
  #ask(check: number, wanted: Wanted, now: number): number {
    const { layout } = this.#of
    const from = layout.firstCell[check] as number
    const cells = (layout.firstCell[check + 1] as number) - from
    let used = 0
    for (const observer of wanted.except)
      used |= 1 << (layout.bitOf[cellOf(layout, check, observer)] as number)
    this.#tokens.fill(now)
    this.#turn++
    let asked = 0
    for (const isChoosy of [true, false]) {
      for (let i = 0; i < cells && asked < wanted.count; i++) {
        const cell = from + ((i + this.#turn) % cells)
        const bit = 1 << (layout.bitOf[cell] as number)
        if ((used & bit) !== 0 || !this.#isAskable(check, cell, { wanted, isChoosy, now })) continue
        used |= bit
        asked++
        const observer = layout.observerOf[cell] as number
        this.#want(check, observer, wanted.why, now)
        const isAskedAlive = wanted.isSilence && (wanted.why !== 'hint' || asked === 1)
        if (isAskedAlive) this.#askAlive(check, observer, now)
      }
    }
    return asked
  }

  #isAskable(
    check: number,
    cell: number,
    {
      wanted,
      isChoosy,
      now,
    }: { readonly wanted: Wanted; readonly isChoosy: boolean; readonly now: number },
  ): boolean {
    const { layout, witnesses, registers, lastOf } = this.#of
    const observer = layout.observerOf[cell] as number
    if (!this.#tokens.has(observer) || witnesses.isLiar(observer)) return false
    if (isChoosy) {
      const isSilent = now - (lastOf[observer] as number) > (layout.silentMs[observer] as number)
      const isInside = layout.insideOf[observer] === layout.siteOf[check]
      if (witnesses.isSetAside(observer) || isSilent || (isInside && wanted.count > 1)) return false
    }
    const newest = registers.at[cell * KEPT] as number
    return newest <= wanted.newerThan || newest <= now - 3000
  }

  #askAlive(check: number, observer: number, now: number): void {
    const { layout, registers } = this.#of
    const alive = layout.aliveCheckOf[layout.hostOf[check] as number] as number
    if (alive === check || alive < 0) return
    const cell = cellOf(layout, alive, observer)
    if (cell < 0 || (registers.at[cell * KEPT] as number) >= now - 4000) return
    if (now - (this.#aliveAskedAt.get(cell) ?? NEVER) <= ALIVE_EVERY_MS) return
    this.#aliveAskedAt.set(cell, now)
    this.#want(alive, observer, 'host-alive', now)
  }

  #want(check: number, observer: number, why: Ask['why'], now: number): void {
    if (!this.#tokens.take(observer)) return
    const timeoutMs = Math.min(
      this.#of.parameters.confirmTimeoutMs,
      this.#of.layout.topology.checks[check]?.timeoutMs ?? Number.POSITIVE_INFINITY,
    )
    this.#asks.push({ check, observer, timeoutMs, why, at: now as Instant })
  }

  #newestOf(check: number): number {
    let newest = NEVER
    this.#eachCell(check, (cell) => {
      newest = Math.max(newest, this.#of.registers.at[cell * KEPT] as number)
    })
    return newest
  }

  #eachCell(check: number, visit: (cell: number) => void): void {
    const { firstCell } = this.#of.layout
    const end = firstCell[check + 1] as number
    for (let cell = firstCell[check] as number; cell < end; cell++) visit(cell)
  }
}

function forget(times: Map<number, number>, before: number): void {
  for (const [key, at] of times) if (at < before) times.delete(key)
}
