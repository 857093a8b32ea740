import { afterEach, describe, expect, test } from 'vitest'
import { createTestClock } from '../../test/test-clock.ts'
import { createTestLog } from '../../test/test-log.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import type { Check } from '../domain/check.ts'
import { hostCheckId } from '../domain/check-id.ts'
import { Refused, type Bus } from '../wire/bus.ts'
import { helloTo, type Hello } from '../wire/cluster.ts'
import {
  MESSAGE_VERSION,
  plan as planTo,
  planAcknowledgement,
  planDecision,
  planProposal,
  type Plan,
  type PlanAcknowledgement,
} from '../wire/subjects.ts'
import { PlanFileDamaged, PlanFileUnavailable, type PlanFile } from './plan-file.ts'
import { createPlanKeeper } from './plan-keeper.ts'

const NAME = 'east.c1'

const good: Check = {
  id: hostCheckId('h'),
  hostName: 'h',
  serviceName: undefined,
  intervalMs: 1000,
  retryIntervalMs: 1000,
  maxAttempts: 1,
  timeoutMs: 1000,
  period: undefined,
  command: { kind: 'passive' },
}

function plan(epoch: number | undefined, revision: string, more: Partial<Plan> = {}): Plan {
  const counted = epoch === undefined ? {} : { epoch, hub: 'hub-a' }
  return {
    version: MESSAGE_VERSION,
    revision,
    checks: [good],
    timePeriods: [],
    ...counted,
    ...more,
  }
}

/** A disk that is told what to do. */
function memoryFile(kept?: Plan) {
  const file = {
    kept,
    loadFault: undefined as Error | undefined,
    saveFault: undefined as Error | undefined,
    saved: [] as string[],
    /** Saving waits for it. */
    gate: Promise.resolve(),
  }
  const port: PlanFile = {
    async load() {
      if (file.loadFault !== undefined) throw file.loadFault
      return file.kept
    },
    async save(one) {
      await file.gate
      if (file.saveFault !== undefined) throw file.saveFault
      file.kept = one
      file.saved.push(one.revision)
    },
  }
  return { file, port }
}

let bus: Bus
afterEach(() => bus.close())

function rig({ hubs = ['hub-a'], file }: { hubs?: readonly string[]; file?: PlanFile } = {}) {
  bus = createMemoryBus()
  const clock = createTestClock()
  const log = createTestLog()
  const followed: string[] = []
  const keeper = createPlanKeeper({
    name: NAME,
    boot: 'b',
    program: '1.2.3',
    hubs,
    bus,
    clock,
    log,
    file,
    follow: ({ revision }) => void followed.push(revision),
  })
  return { keeper, clock, log, followed }
}

/** A hub that answers with what `give` says. */
function hub(name: string, give: (hello: Hello) => Plan | undefined | Promise<Plan | undefined>) {
  const heard: Hello[] = []
  const subscription = bus.answer(helloTo(name, '>'), async (hello) => {
    heard.push(hello)
    return { version: MESSAGE_VERSION, hub: name, plan: await give(hello) }
  })
  return { heard, close: () => subscription.close() }
}

/** Whatever is only waiting for its turn has it. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

describe('[PN6] a collector follows', () => {
  test('a newer plan, not an older one, and the same one once', async () => {
    const { keeper, followed } = rig()
    const send = (one: Plan): Promise<void> => bus.publish(planTo(NAME), one)
    await send(plan(5, 'a'))
    await send(plan(5, 'a'))
    await expect(send(plan(4, 'z'))).rejects.toThrow('it is older than the one that is followed')
    await send(plan(6, 'b'))
    expect(followed).toEqual(['a', 'b'])
    expect(keeper.edition).toEqual({ epoch: 6, revision: 'b', hub: 'hub-a' })
  })
  test('[PN4] of one epoch the plan of the hub with the greater name, whatever comes first', async () => {
    const orders = [
      ['hub-a', 'hub-b'],
      ['hub-b', 'hub-a'],
    ]
    for (const names of orders) {
      const { keeper } = rig()
      for (const name of names)
        await bus.publish(planTo(NAME), plan(5, `of ${name}`, { hub: name })).catch(() => undefined)
      expect(keeper.edition.revision).toBe('of hub-b')
    }
  })
  test('what a program sends that does not count', async () => {
    const { keeper, followed } = rig()
    for (const one of [plan(5, 'a'), plan(undefined, 'b'), plan(undefined, 'b'), plan(1, 'c')])
      await bus.publish(planTo(NAME), one)
    expect(followed).toEqual(['a', 'b', 'b', 'c'])
    expect(keeper.edition.epoch).toBe(1)
  })
  test('no proposal that is older, and says so', async () => {
    rig()
    const answers: PlanAcknowledgement['answer'][] = []
    bus.subscribe(planAcknowledgement('hub-b', NAME), ({ answer }) => void answers.push(answer))
    await bus.publish(planTo(NAME), plan(5, 'a'))
    const proposal = { version: MESSAGE_VERSION, hub: 'hub-b' } as const
    await bus.publish(planProposal(NAME), { ...proposal, job: 'j', plan: plan(4, 'b') })
    await bus.publish(planProposal(NAME), { ...proposal, job: 'k', plan: plan(6, 'c') })
    await bus.publish(planTo(NAME), plan(7, 'd'))
    await bus.publish(planDecision(NAME), { ...proposal, job: 'k', decision: 'activate' })
    const older = expect.stringMatching(/older than the one that is followed/) as string
    expect(answers).toEqual([
      { kind: 'refused', reason: older, isAhead: true },
      { kind: 'staged' },
      { kind: 'refused', reason: older },
    ])
  })
})

describe('[PN7] a collector asks', () => {
  test('at the start, every 30 s, and when it is told that a hub is there', async () => {
    const { keeper, clock, followed } = rig()
    let newest = plan(3, 'a')
    const { heard } = hub('hub-a', ({ epoch }) =>
      epoch < (newest.epoch ?? 0) ? newest : undefined,
    )
    await keeper.begin()
    await settle()
    expect(heard).toEqual([
      {
        version: 1,
        collector: NAME,
        boot: 'b',
        program: '1.2.3',
        revision: '',
        epoch: 0,
      },
    ])
    expect(followed).toEqual(['a'])
    clock.pass(2_000)
    await settle()
    clock.pass(29_999)
    await settle()
    expect(heard).toHaveLength(2)
    newest = plan(4, 'b')
    clock.pass(1)
    await settle()
    expect(heard.at(-1)).toMatchObject({ revision: 'a', epoch: 3 })
    expect(followed).toEqual(['a', 'b'])
    keeper.ask()
    await settle()
    expect(heard).toHaveLength(4)
    await keeper.close()
    clock.pass(300_000)
    keeper.ask()
    await settle()
    expect(heard).toHaveLength(4)
  })
  test('every 2 s as long as it has no plan', async () => {
    const { keeper, clock, followed } = rig()
    await keeper.begin() // nobody answers
    clock.pass(10_000)
    await settle()
    const { heard } = hub('hub-a', () => plan(1, 'a'))
    clock.pass(2_000)
    await settle()
    expect(heard).toHaveLength(1)
    expect(followed).toEqual(['a'])
  })
  test('all hubs, and follows only the newest of their answers', async () => {
    const { keeper, followed } = rig({ hubs: ['hub-a', 'hub-b', 'hub-c', 'hub-gone'] })
    hub('hub-a', () => plan(3, 'old'))
    hub('hub-b', () => plan(9, 'new'))
    hub('hub-c', () => undefined)
    await keeper.begin()
    await settle()
    expect(followed).toEqual(['new'])
  })
  test('and does not wait for a hub that is slow for longer than a second', async () => {
    const { keeper, clock, followed } = rig({ hubs: ['hub-a', 'hub-b'] })
    const slow = Promise.withResolvers<Plan>()
    hub('hub-a', () => plan(3, 'quick'))
    const { heard } = hub('hub-b', () => slow.promise)
    await keeper.begin()
    await settle()
    expect(followed).toEqual([])
    clock.pass(1_000)
    expect(followed).toEqual(['quick'])
    clock.pass(120_000)
    await settle()
    expect(heard).toHaveLength(1) // one round at a time
    slow.resolve(plan(4, 'slow'))
    await settle()
    expect(followed).toEqual(['quick', 'slow'])
  })
  test('[PN8] and says once that a hub refuses', async () => {
    const { keeper, clock, log } = rig()
    let isRefusing = true
    hub('hub-a', () => {
      if (isRefusing) throw new Refused('you were shut out')
      return undefined
    })
    await keeper.begin()
    for (let round = 0; round < 5; round++) {
      clock.pass(2_000)
      await settle()
    }
    expect(log.warnings).toEqual([
      { message: 'a hub gives no plan', fields: { hub: 'hub-a', reason: 'you were shut out' } },
    ])
    isRefusing = false
    clock.pass(2_000)
    await settle()
    isRefusing = true
    clock.pass(2_000)
    await settle()
    expect(log.warnings).toHaveLength(2)
  })
})

describe('[PN9] a plan that cannot be run', () => {
  const broken = plan(6, 'broken', { checks: [{ ...good, intervalMs: 0 }] })

  test('leaves the one before, and the hub hears why with the next question', async () => {
    const { keeper, clock, followed, log } = rig()
    let newest = plan(5, 'a')
    const { heard } = hub('hub-a', () => newest)
    await keeper.begin()
    await settle()
    newest = broken
    for (let round = 0; round < 3; round++) {
      clock.pass(30_000)
      await settle()
    }
    expect(followed).toEqual(['a'])
    expect(heard.at(-1)).toMatchObject({
      revision: 'a',
      epoch: 5,
      refused: { revision: 'broken', epoch: 6, reason: 'h: intervals of 0 and 1000 ms' },
    })
    expect(log.warnings).toHaveLength(1)
    newest = plan(7, 'mended')
    clock.pass(30_000)
    await settle()
    expect(followed).toEqual(['a', 'mended'])
    clock.pass(30_000)
    await settle()
    expect(heard.at(-1)).not.toHaveProperty('refused')
  })
  test('may be that of another cluster, also on disk', async () => {
    const cluster = {
      name: 'west',
      silenceMs: 1,
      takeoverRate: 1,
      costs: {},
      pins: {},
      revoked: [],
    }
    const { port } = memoryFile(plan(5, 'of the west', { cluster }))
    const { keeper, followed, log } = rig({ file: port })
    await keeper.begin()
    expect(log.warnings[0]?.fields).toMatchObject({ reason: "it is the plan of cluster 'west'" })
    await bus.publish(planTo(NAME), plan(4, 'own', { cluster: { ...cluster, name: 'east' } }))
    expect(followed).toEqual(['own'])
  })
  test('is refused to whoever sends it', async () => {
    const { followed } = rig()
    await expect(bus.publish(planTo(NAME), broken)).rejects.toThrow('intervals of 0')
    await expect(
      bus.publish(planTo(NAME), { ...broken, version: 2 as typeof MESSAGE_VERSION }),
    ).rejects.toThrow('message version 2, 1 is spoken here')
    expect(followed).toEqual([])
  })
})

describe('[PN10] the plan on disk', () => {
  test('is followed without any hub', async () => {
    const { file, port } = memoryFile(plan(5, 'kept'))
    const { keeper, followed } = rig({ file: port })
    await keeper.begin()
    expect(followed).toEqual(['kept'])
    expect(keeper.edition).toEqual({ epoch: 5, revision: 'kept', hub: 'hub-a' })
    await keeper.close()
    expect(file.saved).toEqual([])
  })
  test('is replaced by each that is followed, the newest last', async () => {
    const { file, port } = memoryFile()
    const { keeper } = rig({ file: port })
    await keeper.begin()
    const gate = Promise.withResolvers<void>()
    file.gate = gate.promise
    for (const epoch of [1, 2, 3, 4]) await bus.publish(planTo(NAME), plan(epoch, `r${epoch}`))
    gate.resolve()
    await keeper.close()
    expect(file.saved).toEqual(['r1', 'r4'])
  })
  test('that cannot be run, or is damaged, leaves the collector without one', async () => {
    const old = memoryFile(plan(5, 'old', { checks: [{ ...good, intervalMs: 0 }] }))
    const first = rig({ file: old.port })
    await first.keeper.begin()
    expect(first.followed).toEqual([])
    expect(first.log.warnings).toHaveLength(1)

    const damaged = memoryFile()
    damaged.file.loadFault = new PlanFileDamaged('its checksum is wrong')
    const second = rig({ file: damaged.port })
    hub('hub-a', () => plan(6, 'of the hub'))
    await second.keeper.begin()
    await settle()
    expect(second.log.errors).toMatchObject([
      { message: 'the plan on disk is damaged, a hub must give one' },
    ])
    expect(second.followed).toEqual(['of the hub'])
    await second.keeper.close()
    expect(damaged.file.saved).toEqual(['of the hub'])
  })
  test('is tried again when the disk did not take it, which is said once', async () => {
    const { file, port } = memoryFile()
    const { keeper, clock, log, followed } = rig({ file: port })
    await keeper.begin()
    file.saveFault = new PlanFileUnavailable('no room')
    await bus.publish(planTo(NAME), plan(1, 'a'))
    for (let round = 0; round < 3; round++) {
      clock.pass(30_000)
      await settle()
    }
    expect(log.warnings).toMatchObject([
      { message: 'the plan cannot be kept on disk, it is tried again' },
    ])
    expect(followed).toEqual(['a'])
    file.saveFault = undefined
    clock.pass(30_000)
    await settle()
    expect(file.saved).toEqual(['a'])
  })
  test('does not hold up the end when the disk hangs', async () => {
    const { file, port } = memoryFile()
    const { keeper, clock } = rig({ file: port })
    file.gate = new Promise(() => undefined)
    await bus.publish(planTo(NAME), plan(1, 'a'))
    const closed = keeper.close()
    await settle()
    clock.pass(3_000)
    await closed
  })
})
