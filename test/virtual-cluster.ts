import type { Clock } from '../src/base/clock.ts'
import { instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { Check } from '../src/domain/check.ts'
import type { ReturnCode } from '../src/domain/state-names.ts'
import { ClusterLoop } from '../src/collector/assignment/cluster-loop.ts'
import { forgetfulMemory, type CollectorMemory } from '../src/collector/assignment/memory.ts'
import { createScheduler, type Scheduler } from '../src/collector/scheduler/scheduler.ts'
import { orderTo, type Order } from '../src/wire/cluster.ts'
import { MESSAGE_VERSION, type Plan, type PlanOfCluster } from '../src/wire/subjects.ts'
import { createTestLog } from './test-log.ts'
import { createVirtualNetwork } from './virtual-network.ts'

export const CLUSTER = 'east'
const BEGIN = Date.parse('2027-06-01T12:00:00Z')
const STEP_MS = 10

/** One run of a check. `realMs` is the time that everybody shares and nobody knows. */
export interface ClusterRun {
  readonly by: string
  readonly id: CheckId
  /** By the clock of who ran it. */
  readonly dueAt: number
  readonly realMs: number
  readonly code: ReturnCode
  /** Problems in a row after it, as its scheduler counted. */
  failures: number | undefined
}

export interface VirtualClusterSettings {
  readonly checks: readonly Check[]
  readonly terms?: Partial<PlanOfCluster>
  readonly seed?: number
  readonly durationMs?: number
  readonly codeOf?: (check: Check, realMs: number) => ReturnCode
}

interface Member {
  readonly id: string
  readonly loop: ClusterLoop
  readonly scheduler: Scheduler
  readonly memory: CollectorMemory
  running: { readonly check: Check; readonly run: ClusterRun; readonly endMs: number }[]
  isFrozen: boolean
  isStopping: boolean
}

export function planOf(checks: readonly Check[], terms: Partial<PlanOfCluster> = {}): Plan {
  const cluster: PlanOfCluster = {
    name: CLUSTER,
    silenceMs: 3_000,
    takeoverRate: 200,
    costs: {},
    pins: {},
    revoked: [],
    ...terms,
  }
  const rest = { timePeriods: [], epoch: 1, cluster }
  return { version: MESSAGE_VERSION, revision: 'r1', checks, ...rest }
}

/** Real schedulers and real cluster loops of many collectors under one virtual time; executors end each run after the same time. */
export function createVirtualCluster(settings: VirtualClusterSettings) {
  const network = createVirtualNetwork(settings.seed)
  const members = new Map<string, Member>()
  const offsets = new Map<string, number>()
  const memories = new Map<string, CollectorMemory>()
  const runs: ClusterRun[] = []
  const log = createTestLog()
  const calendars = new Map()
  let plan = planOf(settings.checks, settings.terms)
  let boots = 0

  const clockOf = (id: string): Clock => ({
    now: () => instant(BEGIN + network.realMs + (offsets.get(id) ?? 0)),
    monotonicMs: () => network.realMs,
    timer: (ms, run) => network.at(ms, run),
    sleep: (ms) => new Promise((resolve) => void network.at(ms, resolve)),
  })
  const resultsOf = (id: string): number => runs.filter(({ by }) => by === id).length
  const turn = (member: Member): void => {
    const { id, scheduler, loop } = member
    const now = clockOf(id).now()
    const ended = member.running.filter(({ endMs }) => endMs <= network.realMs)
    member.running = member.running.filter(({ endMs }) => endMs > network.realMs)
    for (const { check, run } of ended) {
      const startedAt = instant(now - (network.realMs - run.realMs))
      run.failures = scheduler.finish(check.id, run.code, startedAt, now)
      if (run.failures === undefined) continue
      const { code, failures, dueAt } = run
      loop.ran({ checkId: check.id, code, failures, dueAt, finishedAt: now, output: '' })
    }
    loop.tick()
    if (member.isStopping) return
    scheduler.run(now, (check, _, dueAt) => {
      const code = settings.codeOf?.(check, network.realMs) ?? 0
      const at = { realMs: network.realMs, dueAt }
      const run = { by: id, id: check.id, code, failures: undefined, ...at }
      runs.push(run)
      const endMs = network.realMs + (settings.durationMs ?? 200)
      member.running.push({ check, run, endMs })
      return true
    })
  }
  const follow = ({ loop }: Member): void => {
    if (plan.cluster !== undefined) loop.follow(plan, plan.cluster, calendars)
  }

  return {
    network,
    runs,
    log,
    get realMs() {
      return network.realMs
    },
    start(name: string): void {
      const id = `${CLUSTER}.${name}`
      const scheduler = createScheduler()
      const clock = clockOf(id)
      const memory = memories.get(id) ?? forgetfulMemory()
      memories.set(id, memory)
      const loop = new ClusterLoop({
        id,
        cluster: CLUSTER,
        boot: `boot-${++boots}`,
        role: 'full',
        program: 'test',
        bus: network.join(id),
        clock,
        log,
        memory,
        work: {
          apply: (checks, of, move) => scheduler.apply(checks, of, clock.now(), move),
          inherit: (standing) =>
            scheduler.inherit(standing.checkId as CheckId, standing, clock.now()),
          wake: () => undefined,
          get waiting() {
            return scheduler.waiting
          },
        },
        report: (loopLagMs) => ({
          load: { slots: 1, running: 0, waiting: 0, lateP99Ms: 0, loopLagMs },
          checks: scheduler.checks,
          results: resultsOf(id),
          outboxes: [],
          clocks: [],
          memoryBytes: 0,
          leasesLost: 0,
        }),
      })
      const running: Member['running'] = []
      const member = { id, loop, scheduler, memory, running, isFrozen: false, isStopping: false }
      members.set(name, member)
      follow(member)
    },
    /** Everybody gets another plan. */
    plan(checks: readonly Check[], terms: Partial<PlanOfCluster> = {}): void {
      plan = planOf(checks, { ...settings.terms, ...terms })
      for (const member of members.values()) follow(member)
    },
    kill(name: string): void {
      const member = members.get(name)
      if (member === undefined) return
      network.kill(member.id)
      members.delete(name)
    },
    freeze(name: string): void {
      const member = members.get(name)
      if (member === undefined) return
      member.isFrozen = true
      network.freeze(member.id)
    },
    thaw(name: string): void {
      const member = members.get(name)
      if (member === undefined) return
      member.isFrozen = false
      const takeBacklog = network.thaw(member.id)
      turn(member)
      takeBacklog?.()
    },
    /** In order: hands over, ends. Resolves when it is gone. */
    async stop(name: string): Promise<void> {
      const member = members.get(name)
      if (member === undefined) return
      await member.loop.leave(5_000)
      member.isStopping = true
      await new Promise<void>((resolve) => void network.at(500, resolve))
      member.loop.close()
      members.delete(name)
      network.at(100, () => network.kill(member.id))
    },
    order: (name: string, want: Order['want']) =>
      network
        .join('hub')
        .request(
          orderTo(`${CLUSTER}.${name}`),
          { version: MESSAGE_VERSION, author: 'test', want },
          5_000,
        ),
    skew: (name: string, ms: number) => void offsets.set(`${CLUSTER}.${name}`, ms),
    member(name: string): Member {
      const member = members.get(name)
      if (member === undefined) throw new Error(`${name} does not run`)
      return member
    },
    /** Checks that each live member has now. */
    counts: () =>
      Object.fromEntries([...members].map(([name, { scheduler }]) => [name, scheduler.checks])),
    async pass(ms: number): Promise<void> {
      const end = network.realMs + ms
      while (network.realMs < end) {
        network.passTo(Math.min(end, network.realMs + STEP_MS))
        for (const member of members.values()) if (!member.isFrozen) turn(member)
        await Promise.resolve()
      }
    },
  }
}

export type VirtualCluster = ReturnType<typeof createVirtualCluster>

/** Hosts with their own check and some services each. */
export function fleetOfChecks(
  hosts: number,
  services: number,
  with_: Partial<Check> = {},
): readonly Check[] {
  return Array.from({ length: hosts }, (_, host) => {
    const hostName = `h${host}`
    const of = (serviceName: string | undefined): Check => ({
      id: (serviceName === undefined ? hostName : `${hostName}!${serviceName}`) as CheckId,
      hostName,
      serviceName,
      intervalMs: 60_000,
      retryIntervalMs: 10_000,
      maxAttempts: 3,
      timeoutMs: 10_000,
      period: undefined,
      command: { kind: 'builtin', builtin: 'tcp', options: {} },
      ...with_,
    })
    return [of(undefined), ...Array.from({ length: services }, (_unused, s) => of(`s${s}`))]
  }).flat()
}

/** Slots that were run more than once by anybody, `from` to `to` in real time. */
export function doubledSlots(runs: readonly ClusterRun[], from: number, to = Infinity): string[] {
  const seen = new Map<string, number>()
  for (const { id, dueAt, realMs } of runs) {
    if (realMs < from || realMs > to) continue
    const slot = `${id} ${dueAt}`
    seen.set(slot, (seen.get(slot) ?? 0) + 1)
  }
  return [...seen].filter(([, count]) => count > 1).map(([slot]) => slot)
}

/** The longest time between two runs of each check, `from` to `to` in real time, the ends counted; the worst first. */
export function gaps(
  runs: readonly ClusterRun[],
  checks: readonly Check[],
  from: number,
  to: number,
): readonly { readonly id: string; readonly ms: number }[] {
  const last = new Map(checks.map(({ id }) => [id, from]))
  const worst = new Map(checks.map(({ id }) => [id, 0]))
  const ended = checks.map(({ id }) => ({ id, realMs: to }))
  for (const { id, realMs } of [...runs, ...ended]) {
    if (realMs < from || realMs > to) continue
    worst.set(id, Math.max(worst.get(id) ?? 0, realMs - (last.get(id) ?? from)))
    last.set(id, realMs)
  }
  return [...worst].map(([id, ms]) => ({ id, ms })).sort((a, b) => b.ms - a.ms)
}
