import type { Clock } from '../src/base/clock.ts'
import { instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { Check } from '../src/domain/check.ts'
import type { ReturnCode } from '../src/domain/state-names.ts'
import type { Executor, Finished, Job, Places } from '../src/collector/ports.ts'
import { returnCodeOf } from '../src/collector/return-code.ts'
import { WorkSharing } from '../src/collector/sharing/work-sharing.ts'
import type { Beat } from '../src/wire/cluster.ts'
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
  readonly macros: Readonly<Record<string, string>>
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

/** A result as its owner has it. */
export interface ClusterResult {
  readonly owner: string
  readonly id: CheckId
  readonly dueAt: number
  readonly startedAt: number
  readonly finishedAt: number
  readonly realMs: number
}

export interface MemberSettings {
  readonly role?: Beat['role']
  /** Plugins that run at once; without it there is room for all. */
  readonly slots?: number
}

interface Member {
  readonly id: string
  readonly loop: ClusterLoop
  readonly scheduler: Scheduler
  readonly memory: CollectorMemory
  readonly executor: VirtualExecutor
  readonly sharing: WorkSharing
  isFrozen: boolean
  isStopping: boolean
}

interface VirtualExecutor extends Pick<Executor, 'start'> {
  readonly plugins: Places
  /** Those that have ended by now. */
  takeEnded(): readonly { readonly job: Job; readonly run: ClusterRun }[]
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
  const results: ClusterResult[] = []
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
  const executorOf = (id: string, slots: number): VirtualExecutor => {
    let running: { readonly job: Job; readonly run: ClusterRun; readonly endMs: number }[] = []
    return {
      get plugins() {
        return { slots, running: running.length }
      },
      start(job) {
        if (running.length >= slots) return false
        const { check, dueAt } = job
        const code = settings.codeOf?.(check, network.realMs) ?? 0
        const at = { realMs: network.realMs, dueAt, macros: job.macros() }
        const run = { by: id, id: check.id, code, failures: undefined, ...at }
        runs.push(run)
        running.push({ job, run, endMs: network.realMs + (settings.durationMs ?? 200) })
        return true
      },
      takeEnded() {
        const ended = running.filter(({ endMs }) => endMs <= network.realMs)
        running = running.filter(({ endMs }) => endMs > network.realMs)
        return ended
      },
    }
  }
  const finish = ({ id, scheduler, loop }: Member, finished: Finished, run?: ClusterRun): void => {
    const { job, startedAt, finishedAt, outcome } = finished
    const code = returnCodeOf(outcome)
    const checkId = job.check.id
    const failures = scheduler.finish(checkId, code, startedAt, finishedAt)
    if (run !== undefined) run.failures = failures
    if (failures === undefined) return
    const { dueAt } = job
    const times = { dueAt, startedAt, finishedAt, realMs: network.realMs }
    results.push({ owner: id, id: checkId, ...times })
    loop.ran({ checkId, code, failures, dueAt, finishedAt, output: '' })
  }
  const turn = (member: Member): void => {
    const { id, scheduler, loop, executor, sharing } = member
    const now = clockOf(id).now()
    for (const { job, run } of executor.takeEnded()) {
      const startedAt = instant(now - (network.realMs - run.realMs))
      const outcome = { kind: 'exited', code: run.code, output: '', longOutput: '' } as const
      const ended = { job, startedAt, finishedAt: now, outcome: { ...outcome, perfdata: '' } }
      if (!sharing.takeEnd(ended)) finish(member, ended, run)
    }
    loop.tick()
    sharing.tick()
    if (member.isStopping) return
    scheduler.run(now, (check, origin, dueAt) => {
      const job = { check, origin, dueAt, macros: () => ({ OWNER: id }) }
      return executor.start(job) || sharing.offer(job)
    })
  }
  const follow = ({ loop }: Member): void => {
    if (plan.cluster !== undefined) loop.follow(plan, plan.cluster, calendars)
  }

  return {
    network,
    runs,
    results,
    log,
    get realMs() {
      return network.realMs
    },
    start(
      name: string,
      { role = 'full', slots = Number.MAX_SAFE_INTEGER }: MemberSettings = {},
    ): void {
      const id = `${CLUSTER}.${name}`
      const scheduler = createScheduler()
      const clock = clockOf(id)
      const memory = memories.get(id) ?? forgetfulMemory()
      memories.set(id, memory)
      const boot = `boot-${++boots}`
      const shared = { id, cluster: CLUSTER, boot, role, bus: network.join(id), clock, log }
      const executor = executorOf(id, slots)
      const loop = new ClusterLoop({
        ...shared,
        program: 'test',
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
          room: sharing.room,
          checks: scheduler.checks,
          results: resultsOf(id),
          outboxes: [],
          clocks: [],
          memoryBytes: 0,
          leasesLost: sharing.stats().lost,
        }),
      })
      const sharing = new WorkSharing({
        ...shared,
        executor,
        places: () => executor.plugins,
        members: loop,
        waiting: () => scheduler.waiting,
        finished: (finished) => finish(member, finished),
        wake: () => undefined,
      })
      const parts = { id, loop, scheduler, memory, executor, sharing }
      const member: Member = { ...parts, isFrozen: false, isStopping: false }
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
      await member.sharing.stop(5_000)
      await new Promise<void>((resolve) => void network.at(500, resolve))
      member.sharing.close()
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
