import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resultOf } from './result-of.ts'
import { createTestClock } from './test-clock.ts'
import { createTestLog } from './test-log.ts'
import { createMemoryBus } from '../src/adapters/memory/bus.ts'
import { openOutbox } from '../src/adapters/sqlite/outbox.ts'
import { NumberSet } from '../src/base/number-set.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'
import type { CheckResult } from '../src/domain/check-result.ts'
import { BusUnavailable } from '../src/wire/bus.ts'
import { results as subjectOf, type ResultBatch } from '../src/wire/subjects.ts'
import { createConfirmations } from '../src/collector/outbox/confirmations.ts'
import { createSender } from '../src/collector/outbox/senders.ts'
import { createSpool } from '../src/collector/outbox/spool.ts'
import { OutboxUnavailable, type Outbox } from '../src/collector/ports.ts'

export const COLLECTOR = 'east.c1'
const SETTINGS = {
  publishMax: 500,
  liveMax: 5_000,
  retryFirstMs: 250,
  retryMaxMs: 5_000,
  resendAfterMs: 10_000,
  resendMaxMs: 300_000,
  backfillRate: 5_000,
}

/** A hub as the sender sees it: it can be away, lose what it took before it was stored, and say what it holds. */
export class ModelHub {
  readonly name: string
  readonly #rig: Rig
  readonly #sets = new Map<string, NumberSet>()
  #stored = new Map<string, NumberSet>()
  readonly arrivals: CheckResult[] = []
  missing = 0
  isRefusing = false
  /** It says what time it is. */
  isAnswering = true

  constructor(name: string, rig: Rig) {
    this.name = name
    this.#rig = rig
    rig.bus.subscribe(subjectOf(name, COLLECTOR), (batch) => {
      if (this.isRefusing) throw new BusUnavailable('away')
      this.#take(batch)
    })
  }

  #take({ results, lost = [] }: ResultBatch): void {
    for (const { boot, range } of lost) this.missing += this.#setOf(boot).addRange(range)
    for (const result of results) {
      this.arrivals.push(result)
      this.#setOf(result.boot).add(result.seq)
    }
  }

  #setOf(boot: string): NumberSet {
    const known = this.#sets.get(boot) ?? new NumberSet()
    this.#sets.set(boot, known)
    return known
  }

  /** What it took is in its database now, and it says so. */
  store(): void {
    for (const [boot, set] of this.#sets) {
      this.#stored.set(boot, new NumberSet(set.upTo, set.ranges))
      this.#rig.confirmed(this.name, boot, set.upTo)
    }
  }

  /** It was killed: what was not stored is gone. */
  crash(): void {
    this.#sets.clear()
    for (const [boot, set] of this.#stored)
      this.#sets.set(boot, new NumberSet(set.upTo, set.ranges))
  }

  holds(boot: string, upTo: number): boolean {
    return (this.#stored.get(boot)?.upTo ?? 0) >= upTo
  }
}

/** A real outbox on a disk that fails when `reading` throws. */
function failing(outbox: Outbox, reading: () => void): Outbox {
  return {
    append: (results) => outbox.append(results),
    sync: () => outbox.sync(),
    read(...of) {
      reading()
      return outbox.read(...of)
    },
    readBack: (...of) => outbox.readBack(...of),
    behind: (of) => outbox.behind(of),
    release: (...of) => outbox.release(...of),
    close: () => outbox.close(),
    get lastCursor() {
      return outbox.lastCursor
    },
    get waiting() {
      return outbox.waiting
    },
    get bytes() {
      return outbox.bytes
    },
    get lost() {
      return outbox.lost
    },
  }
}

interface Rig {
  readonly bus: ReturnType<typeof createMemoryBus>
  confirmed(hub: string, boot: string, seq: number): void
}

export function createSenderRig(hubs: readonly string[], bytesMax = 1e9) {
  const folder = mkdtempSync(join(tmpdir(), 'sender-'))
  const clock = createTestClock()
  const log = createTestLog()
  const bus = createMemoryBus()
  const path = join(folder, 'outbox.sqlite')
  const openBox = () => openOutbox({ path, bytesMax, ageMaxMs: 1e9, clock, log })
  let outbox = openBox()
  let isReadable = true
  /** The outbox, with a disk that may fail. */
  const onDisk = (): Outbox =>
    failing(outbox, () => {
      if (!isReadable) throw new OutboxUnavailable('the disk does not answer')
    })
  let confirmations = createConfirmations(hubs)
  const start = () => {
    const spool = createSpool({ outbox: onDisk(), clock, log, heldMax: 1_000 })
    const settings = SETTINGS
    const crash = (error: unknown): never => {
      throw error
    }
    const clocks = {
      isFresh: (hub: string) => models.find(({ name }) => name === hub)?.isAnswering === true,
      reading: () => undefined,
      inPresentTime: (results: readonly CheckResult[]) => results,
    }
    const common = { collector: COLLECTOR, bus, spool, confirmations, clocks, clock, log, settings }
    return { spool, sender: createSender(hubs, { ...common, crash, settled: () => undefined }) }
  }
  const rig: Rig = {
    bus,
    confirmed(hub, boot, seq) {
      if (!confirmations.note(hub, boot, seq)) return
      way.sender.progressed(hub, boot)
      way.spool.release(boot, confirmations.heldByAll(boot))
    },
  }
  const models = hubs.map((name) => new ModelHub(name, rig))
  let way = start()
  let seq = 0
  let boot = 'boot-1'
  let boots = 1
  const made: CheckResult[] = []
  return {
    clock,
    log,
    bus,
    models,
    /** The disk fails, or works again. */
    readable: (is: boolean) => void (isReadable = is),
    made,
    outbox: () => outbox,
    sender: () => way.sender,
    make(count: number, checks = 20) {
      const results = Array.from({ length: count }, () => {
        const checkId = serviceCheckId('h', `s${++seq % checks}`)
        return resultOf(seq, 0, { collector: COLLECTOR, boot, checkId })
      })
      made.push(...results)
      for (let from = 0; from < count; from += 500) {
        const part = results.slice(from, from + 500)
        way.sender.offer(part, way.spool.append(part))
      }
    },
    /** Each with 64 KB of output. */
    makeHeavy(count: number) {
      const output = 'x'.repeat(65_536)
      const outcome = { kind: 'exited', code: 0, output, longOutput: '', perfdata: '' } as const
      const results = Array.from({ length: count }, () =>
        resultOf(++seq, 0, { collector: COLLECTOR, boot, outcome }),
      )
      way.sender.offer(results, way.spool.append(results))
    },
    /** Killed and started again. */
    restart() {
      way.sender.close()
      outbox.close()
      outbox = openBox()
      confirmations = createConfirmations(hubs)
      boot = `boot-${++boots}`
      seq = 0
      way = start()
    },
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 100) {
        way.sender.tick()
        for (let turn = 0; turn < 20; turn++) await Promise.resolve()
        await new Promise((resolve) => setImmediate(resolve))
        clock.pass(100)
      }
    },
    holdsAll: (hub: ModelHub) =>
      [...Map.groupBy(made, (result) => result.boot)].every(([name, results]) =>
        hub.holds(name, results.at(-1)?.seq ?? 0),
      ),
    [Symbol.dispose]() {
      way.sender.close()
      outbox.close()
      rmSync(folder, { recursive: true })
    },
  }
}
